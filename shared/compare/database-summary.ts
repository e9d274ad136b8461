import { z } from 'zod';
import { type Backup, isoOf } from './backup/backup';

const count = z.number().int().min(0);

/** What one server's database holds, in numbers and times: nobody's name, no value of an entry. */
export const databaseSummary = z.object({
  /** The domain it belongs to. */
  domain: z.string().max(64),
  people: count,
  serviceAccounts: count,
  groups: count,
  /** When one of these was changed last, ISO 8601, by the clock of the server that changed it; null: there is none. */
  changedAt: z.string().max(40).nullable(),
  /** When the backup was taken, ISO 8601, our clock. */
  at: z.string().max(40),
});
export type DatabaseSummary = z.output<typeof databaseSummary>;

/** How much has to be read for a summary. Bytes; null: not known. */
export const databaseSize = z.object({ bytes: z.number().int().min(0).nullable() });
export type DatabaseSize = z.output<typeof databaseSize>;

/** @param at milliseconds since the epoch: when the backup was taken. */
export function summaryOf({ domainUuid, contents }: Backup, at: number): DatabaseSummary {
  const { people, serviceAccounts, groups, changedAt } = contents;
  return {
    ...{ domain: domainUuid, people, serviceAccounts, groups },
    changedAt: changedAt && isoOf(changedAt),
    at: new Date(at).toISOString(),
  };
}
