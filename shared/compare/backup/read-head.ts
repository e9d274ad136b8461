import { z } from 'zod';
import { type Backup, type ChangeId, compareMoments, type Moment } from './backup';
import { changeId } from './read-entry';

/** A backup without its entries. */
export type BackupHead = Omit<Backup, 'states' | 'contents'>;

const head = z.object({
  version: z.string().nullish(),
  db_s_uuid: z.string(),
  db_d_uuid: z.string(),
  repl_meta: z.object({ V1: z.object({ ruv: z.array(changeId) }) }),
});

/** A backup lists every change identifier that is known; the newest of each server says how far it is known. */
function newestOf(changes: readonly ChangeId[]): ReadonlyMap<string, Moment> {
  const newest = new Map<string, Moment>();
  for (const { server, at } of changes) {
    const known = newest.get(server);
    if (known === undefined || compareMoments(at, known) > 0) newest.set(server, at);
  }
  return newest;
}

/** The top-level keys of a backup that `readHead` needs. */
export const headKeys = ['version', 'db_s_uuid', 'db_d_uuid', 'repl_meta'] as const;

/** Reads what a backup says of itself. @returns null when it has another form than the known one. */
export function readHead(value: unknown): BackupHead | null {
  const parsed = head.safeParse(value);
  if (!parsed.success) return null;
  const { version, db_s_uuid: server, db_d_uuid: domain, repl_meta: meta } = parsed.data;
  return {
    version: version ?? null,
    serverUuid: server.toLowerCase(),
    domainUuid: domain.toLowerCase(),
    ruv: newestOf(meta.V1.ruv),
  };
}
