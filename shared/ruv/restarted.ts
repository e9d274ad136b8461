import type { Fault } from '../base/result';
import { GRAIN, notReadAs, READ_AGAIN } from './judge-ruv';
import type { RuvReport, ServerRuv } from './ruv';

/** Faults with which a server is left out also after its start: reading it costs it too much, unless somebody asks. */
const NEVER_READ: ReadonlySet<string> = new Set(['ruv-too-large', 'ruv-little-memory', 'ruv-no-database']);
/** Whether reading a server costs it too much, at this time or ever, unless somebody asks. */
export const isLeftOut = ({ code }: Pick<Fault, 'code'>): boolean =>
  code === 'ruv-large' || NEVER_READ.has(code);

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
 * A report that says who is left out, and of whom that leaves open whether it was put back to an older copy.
 * @param report null: nothing else is known.
 * @param unread when those began their lives of whom nobody has read anything since, by their ids.
 */
export function withLeftOut(
  report: RuvReport | null,
  leftOut: ReadonlyMap<string, LeftOut>,
  unread: ReadonlyMap<string, number>,
): RuvReport | null {
  if (leftOut.size === 0) return report;
  const told = new Map((report?.servers ?? []).map((it) => [it.server, it]));
  for (const [id, it] of leftOut) {
    const row = told.get(id);
    // What is known to be wrong says more.
    if (row?.state === 'went-back' || row?.refreshed === true) continue;
    const startedAt = unread.get(id);
    // Of another the look after its start tells.
    if (startedAt !== undefined && NEVER_READ.has(it.fault.code))
      told.set(id, restartedRow(id, it, startedAt));
    else if (row === undefined) told.set(id, leftOutRow(id, it));
  }
  return { servers: [...told.values()], pulls: report?.pulls ?? [] };
}

const leftOutRow = (server: string, { fault, at }: LeftOut): ServerRuv => ({
  ...{ server, state: 'unknown', newest: null, at: new Date(at).toISOString() },
  ...{ cause: notReadAs(fault), fix: fault.fix, code: fault.code },
});

const restartedRow = (server: string, it: LeftOut, startedAt: number): ServerRuv => ({
  ...leftOutRow(server, it),
  restarted: true,
  cause: `It started at ${new Date(startedAt).toISOString()}, and whether an older copy of its database was put there before is not known. ${notReadAs(it.fault)}`,
  fix: READ_AGAIN,
});
