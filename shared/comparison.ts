import type { DomainUuid, ServerId } from './names';
import type { Fault } from './result';

/** What comparing two servers' online backups found (`kanidm.md`, "Comparing what two servers really hold"). */
export interface Comparison {
  /** In alphabetical order. */
  readonly servers: readonly [ServerId, ServerId];
  /** When the backups were taken, ISO 8601, our clock. */
  readonly at: string;
  /** The domain both hold; null when it is not one, or not known. */
  readonly domain: DomainUuid | null;
  /** `unknown`: they could not be compared; `cause` says why. */
  readonly result: 'same' | 'differ' | 'unknown';
  /** How many entries were compared. */
  readonly entries: number;
  /** The first of those that differ, by type and name; never their values. */
  readonly differing: readonly DifferingEntry[];
  /** How many differ in all. */
  readonly differences: number;
  /** Changed while it was compared, and still on their way: not held against them. */
  readonly travelling: number;
  /** How far each side's own changes have come, by server uuid, ISO 8601: a later comparison sees whether one went back. */
  readonly own: readonly { readonly server: ServerId; readonly uuid: string; readonly at: string }[];
  /** One sentence. */
  readonly cause: string;
  /** One sentence; empty when nothing is to be done. */
  readonly fix: string;
  /** What kept it from being compared; null when it was. */
  readonly fault: Fault | null;
}

/** An entry that two servers hold in different states. */
export interface DifferingEntry {
  readonly uuid: string;
  /** `person`, `group`, …, in words. */
  readonly type: string;
  readonly name: string;
  /** Whose is newer; null: each has a change the other lacks. */
  readonly newer: ServerId | null;
  /** The one server that has it at all; null when both have. */
  readonly onlyOn: ServerId | null;
  /** On one side it is deleted, or in the recycle bin. */
  readonly deletedOn: ServerId | null;
  /** When it was changed last, ISO 8601, by the clock of the server that changed it; null when not known. */
  readonly changedAt: string | null;
}

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
