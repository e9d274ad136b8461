import type { Fault } from '../base/result';
import { GRAIN, isOlderCopy, notReadAs, READ_AGAIN } from './judge-ruv';
import type { RuvReport, ServerRuv } from './ruv';

/** Faults with which a server is left out: reading it costs it too much, unless somebody asks. The large one is read after its start. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  ...['ruv-large', 'ruv-too-large', 'ruv-little-memory', 'ruv-no-database'],
]);
export const isLeftOut = ({ code }: Pick<Fault, 'code'>): boolean => LEFT_OUT.has(code);

/** A look after its start will tell of a server that is left out with this. */
export const isReadOnceStarted = ({ code }: Pick<Fault, 'code'>): boolean => code === 'ruv-large';

/** A server whose RUV was not read, as nobody asked for it. */
export interface LeftOut {
  readonly fault: Fault;
  /** When it was left out, milliseconds since the epoch, our clock. */
  readonly at: number;
}

/** What is known of the life that a server began with its last start. Times are milliseconds since the epoch, our clock. */
export interface Life {
  readonly startedAt: number;
  readonly now: number;
  /** It was seen with an earlier start. */
  readonly isAnother: boolean;
  /** When it was watched first; null: not known. */
  readonly seenSince: number | null;
  /** When its RUV was read last; null: never. */
  readonly readAt: number | null;
  /** When it took another's database last; null: not known. */
  readonly refreshedAt: number | null;
}

/**
 * Whether a server that was known has started since, and nobody has looked: an older copy may have been put there. What is
 * met for the first time has no earlier life to go back to, and one that was refreshed has another's database.
 */
export function isUnread({ startedAt, now, isAnother, seenSince, readAt, refreshedAt }: Life): boolean {
  const proves = (at: number | null): boolean => at !== null && at > startedAt + GRAIN && at <= now;
  if (proves(readAt) || proves(refreshedAt)) return false;
  return isAnother || readAt !== null || (seenSince !== null && seenSince < startedAt - GRAIN);
}

/**
 * A report that says who is left out, and of whom it is open whether it was put back to an older copy.
 * @param report null: nothing else is known.
 * @param doubted who that is, and when it began the life in which nobody has read it, by their ids.
 */
export function withLeftOut(
  report: RuvReport | null,
  leftOut: ReadonlyMap<string, LeftOut>,
  doubted: ReadonlyMap<string, number>,
): RuvReport | null {
  const told = new Map((report?.servers ?? []).map((it) => [it.server, it]));
  for (const id of new Set([...leftOut.keys(), ...doubted.keys()])) {
    const row = told.get(id);
    // What is known to be wrong says more.
    if (row !== undefined && isOlderCopy(row)) continue;
    const it = leftOut.get(id);
    const now = it === undefined ? row : leftOutRow(id, it);
    const startedAt = doubted.get(id);
    if (now !== undefined && startedAt !== undefined) told.set(id, restartedRow(now, startedAt));
    else if (now !== undefined && row === undefined) told.set(id, now);
  }
  return told.size === 0 ? report : { servers: [...told.values()], pulls: report?.pulls ?? [] };
}

const leftOutRow = (server: string, { fault, at }: LeftOut): ServerRuv => ({
  ...{ server, state: 'unknown', newest: null, at: new Date(at).toISOString() },
  ...{ cause: notReadAs(fault), fix: fault.fix, code: fault.code },
});

const restartedRow = (row: ServerRuv, startedAt: number): ServerRuv => ({
  ...row,
  ...{ state: 'unknown', newest: null, restarted: true },
  cause: `It started at ${new Date(startedAt).toISOString()}, and whether an older copy of its database was put there before is not known. ${row.cause}`,
  fix: READ_AGAIN,
});
