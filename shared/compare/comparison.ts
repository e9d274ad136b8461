import { z } from 'zod';
import { ids } from '../base/ids';
import { fault } from '../base/fault';
import { shown, shownOnOneLine } from '../base/shown';

/** An entry that two servers hold in different states. */
const differingEntry = z
  .object({
    uuid: z.string(),
    /** `person`, `group`, …, in words. */
    type: shownOnOneLine,
    name: shownOnOneLine,
    /** Whose is newer; null: each has a change the other lacks. */
    newer: ids.server.nullable(),
    /** The one server that has it at all; null when both have. */
    onlyOn: ids.server.nullable(),
    /** On one side it is deleted, or in the recycle bin. */
    deletedOn: ids.server.nullable(),
    /** When it was changed last, ISO 8601, by the clock of the server that changed it; null when not known. */
    changedAt: z.string().nullable(),
  })
  .readonly();
export type DifferingEntry = z.output<typeof differingEntry>;

/** What comparing two servers' online backups found (`kanidm.md`, "Comparing what two servers really hold"). */
export const comparison = z
  .object({
    /** In alphabetical order. */
    servers: z.tuple([ids.server, ids.server]).readonly(),
    /** When the backups were taken, ISO 8601, our clock. */
    at: z.string(),
    /** The domain both hold; null when it is not one, or not known. */
    domain: ids.domain.nullable(),
    /** `unknown`: they could not be compared; `cause` says why. */
    result: z.enum(['same', 'differ', 'unknown']),
    /** How many entries were compared. */
    entries: z.number(),
    /** The first of those that differ, by type and name; never their values. */
    differing: z.array(differingEntry).readonly(),
    /** How many differ in all. */
    differences: z.number(),
    /** Changed while it was compared, and still on their way: not counted as a difference. */
    travelling: z.number(),
    /** How far each side's own changes have come, by server uuid, ISO 8601: a later comparison sees whether one went back. */
    own: z.array(z.object({ server: ids.server, uuid: z.string(), at: z.string() }).readonly()).readonly(),
    /** One sentence. */
    cause: shown,
    /** One sentence; empty when nothing is to be done. */
    fix: shown,
    /** What kept it from being compared; null when it was. */
    fault: fault.nullable(),
  })
  .readonly();
export type Comparison = z.output<typeof comparison>;

/**
 * A comparison that says, where an earlier one of the same servers proves it, that a server's own changes reach less far than
 * they did: its database was put back to an older copy, or replaced, meanwhile. No log can tell (`kanidm.md`,
 * "Health"); and after a round with a partner that has seen more, this does not tell either.
 */
export function sinceLast(made: Comparison, before: Comparison | null): Comparison {
  const back = made.own.flatMap((now) => {
    const then = before?.own.find((it) => it.server === now.server && it.uuid === now.uuid);
    return then !== undefined && Date.parse(now.at) < Date.parse(then.at)
      ? [
          `${now.server}’s own changes end at ${now.at}, and ended at ${then.at} when they were compared on ${before?.at ?? ''}: its database was put back to an older copy, or replaced, since.`,
        ]
      : [];
  });
  return back.length === 0 ? made : { ...made, cause: [made.cause, ...back].join(' ') };
}

/** How many differing entries a comparison names. */
export const MOST_NAMED = 200;

/** A differing entry in one line: `person alice: newer on idm-a`. */
export function describeDifference(
  entry: {
    readonly [field in 'type' | 'name']: string;
  } & { readonly [field in 'newer' | 'onlyOn' | 'deletedOn']: string | null },
): string {
  const what = `${entry.type} ${entry.name}`;
  if (entry.onlyOn !== null) return `${what}: only on ${entry.onlyOn}`;
  const deleted = entry.deletedOn === null ? '' : `, deleted on ${entry.deletedOn}`;
  if (entry.newer === null) return `${what}: each side has a change that the other lacks${deleted}`;
  return `${what}: newer on ${entry.newer}${deleted}`;
}
