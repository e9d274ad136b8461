import { z } from 'zod';
import { fail, type Fault, ok, type Result } from '../../../../shared/base/result';
import { type LockOwner, STALE_LOCK_MS, type TakeOver } from '../connection';

/** What an owner's file may hold at most: it is looked at before it is read. Bytes. */
export const LARGEST_OWNER = 64 * 1024;

/** Longer words of an owner are cut as they are written. */
const LONGEST_WORD = 1_024;

/** More than two clocks that are set by the network are apart. Milliseconds. */
const AHEAD_MS = 300_000;

/** 2020-01-01: no lock of Kanilink's is older. */
const EARLIEST = 1_577_836_800_000;

const ownerShape = z.object({
  who: z.string().max(4_096),
  host: z.string().max(4_096),
  deploy: z.string().max(4_096),
  since: z.number(),
  token: z.string().max(256),
});

/** What a lock on a server says of its owner; the token tells two takings of one deploy apart. */
export type WrittenOwner = z.infer<typeof ownerShape>;

/**
 * One line of JSON, as a lock keeps it; each word is cut to what `ownerOf` reads.
 * @param token tells two takings of one deploy apart.
 */
export function ownerText({ who, host, deploy, since }: LockOwner, token: string): string {
  const written = {
    who: cut(who),
    host: cut(host),
    deploy: cut(deploy),
    since,
    token,
  } satisfies WrittenOwner;
  return `${JSON.stringify(written)}\n`;
}

const cut = (word: string): string => word.slice(0, LONGEST_WORD);

/** @returns null for what is not a lock's owner, or too long to be one. */
export function readOwner(text: string): WrittenOwner | null {
  if (text.length > LARGEST_OWNER) return null;
  try {
    return ownerShape.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/**
 * Whether a lock may be taken over: it is of the very same deploy, or stale and asked for; see `TakeOver`.
 * @param serverNowMs the server's clock; null: it tells no time, and makes no lock stale.
 * @returns the fault of {@link lockedBy} where it may not.
 */
export function mayTakeOver(
  held: WrittenOwner | UnreadLock,
  owner: LockOwner,
  takeOver: TakeOver,
  serverNowMs: number | null,
  server: string,
): Result<void> {
  const same = 'deploy' in held && held.deploy === cut(owner.deploy);
  const stale = isStale(held, serverNowMs ?? held.since);
  return takeOver !== false && (same || (takeOver === true && stale))
    ? ok(undefined)
    : fail(lockedBy(held, serverNowMs, server));
}

/**
 * How old a lock is; null where its date cannot be true: none at all, before there was Kanilink, or ahead of the server's
 * clock. Milliseconds.
 */
export function lockAge(held: Pick<LockOwner, 'since'>, serverNowMs: number): number | null {
  const { since } = held;
  if (!Number.isFinite(since) || since < EARLIEST || since > serverNowMs + AHEAD_MS) return null;
  return Math.max(0, serverNowMs - since);
}

/** By the server's own clock. A lock whose date cannot be true keeps nobody out for ever: it may be taken over on request. */
export function isStale(held: Pick<LockOwner, 'since'>, serverNowMs: number): boolean {
  const age = lockAge(held, serverNowMs);
  return age === null || age > STALE_LOCK_MS;
}

/** A date as it is shown; one that no calendar has is said to be that. */
export function lockDate(since: number): string {
  const date = new Date(since);
  return Number.isNaN(date.getTime()) ? 'a date that cannot be' : date.toISOString();
}

/** A lock that does not say whose it is; since when it has been there is known all the same. */
export interface UnreadLock {
  readonly unread: true;
  /** Milliseconds since the epoch, the server's clock. */
  readonly since: number;
}

/**
 * The fault `locked` or `lock-stale`, with who, from where, since when and what to do, as every transport says it.
 * @param held null: nothing is known of it.
 * @param clock the server's, in milliseconds; null: it tells no time, or the lock was taken just now.
 */
export function lockedBy(
  held: WrittenOwner | UnreadLock | null,
  clock: number | null,
  server: string,
): Fault {
  const where = { server };
  const serverNowMs = clock ?? held?.since ?? 0;
  const age = held === null ? 0 : lockAge(held, serverNowMs);
  const stale = held !== null && isStale(held, serverNowMs);
  const minutes = Math.round((age ?? 0) / 60_000);
  if (held === null || 'unread' in held)
    return {
      code: stale ? 'lock-stale' : 'locked',
      message: stale
        ? `This server was locked ${minutes} min ago, and who holds the lock cannot be read.`
        : 'This server is locked, and who holds the lock cannot be read.',
      fix: lockFix(stale),
      ...(held === null ? {} : { detail: `since ${lockDate(held.since)}` }),
      where,
    };
  const gone = age === null ? 'at a time that cannot be' : `${minutes} min ago`;
  return {
    code: stale ? 'lock-stale' : 'locked',
    message: stale
      ? `Locked ${gone} by ${held.who} on ${held.host}, and not given back.`
      : `Locked by ${held.who} on ${held.host}, who is deploying to this server, since ${minutes} min.`,
    fix: lockFix(stale),
    detail: `who ${held.who}\nhost ${held.host}\nsince ${lockDate(held.since)}\ndeploy ${held.deploy}`,
    where,
  };
}

/** What to do about a lock that is held. */
export const lockFix = (stale: boolean): string =>
  stale
    ? 'If that deploy is over, take the lock over: in the window with the button that offers it, on the command line with --take-over.'
    : 'Wait until that deploy is over, or resume it. A lock can be taken over when it is an hour old.';

/** Somebody else has the lock that was taken, or nobody: not one that could not be looked at. */
export const LOCK_LOST = 'lock-lost';

/** The fault `lock-lost`. */
export const lockLost = (held: WrittenOwner | null, server: string): Fault => ({
  code: LOCK_LOST,
  message:
    held === null
      ? 'The lock on this server is gone: somebody removed it, or the server was restarted.'
      : `${held.who} on ${held.host} took the lock on this server over.`,
  fix: 'Nothing more is changed here. Make sure nobody else is deploying, then resume.',
  where: { server },
});
