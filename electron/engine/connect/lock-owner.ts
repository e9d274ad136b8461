import { z } from 'zod';
import type { Fault } from '../../../shared/result';
import { type LockOwner, STALE_LOCK_MS, type TakeOver } from './connection';

const ownerShape = z.object({
  who: z.string(),
  host: z.string(),
  deploy: z.string(),
  since: z.number(),
  token: z.string(),
});

/** What a lock on a server says of its owner; the token tells two takings of one deploy apart. */
export type WrittenOwner = z.infer<typeof ownerShape>;

export const ownerText = (owner: LockOwner, token: string): string =>
  `${JSON.stringify({ ...owner, token } satisfies WrittenOwner)}\n`;

/** @returns null for what is not a lock's owner. */
export function readOwner(text: string): WrittenOwner | null {
  try {
    return ownerShape.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Whether a lock may be taken over: it is of the very same deploy, or stale and asked for; see `TakeOver`. */
export const mayTakeOver = (
  held: Pick<LockOwner, 'deploy'>,
  owner: LockOwner,
  takeOver: TakeOver,
  stale: boolean,
): boolean => takeOver !== false && (held.deploy === owner.deploy || (takeOver === true && stale));

/** By the server's own clock. */
export const isStale = (held: LockOwner, serverNowMs: number): boolean =>
  serverNowMs - held.since > STALE_LOCK_MS;

/** The fault `locked` or `lock-stale`, with who, from where, since when and what to do, as every transport says it. */
export function lockedBy(held: WrittenOwner | null, serverNowMs: number, server: string): Fault {
  const where = { server };
  if (held === null)
    return {
      code: 'locked',
      message: 'This server is locked, and who holds the lock cannot be read.',
      fix: 'Wait until the other deploy is over, or remove the lock by hand if nobody deploys.',
      where,
    };
  const minutes = Math.max(0, Math.round((serverNowMs - held.since) / 60_000));
  const stale = isStale(held, serverNowMs);
  return {
    code: stale ? 'lock-stale' : 'locked',
    message: stale
      ? `Locked ${minutes} min ago by ${held.who} on ${held.host}, and not given back.`
      : `Locked by ${held.who} on ${held.host}, who is deploying to this server, since ${minutes} min.`,
    fix: lockFix(stale),
    detail: `who ${held.who}\nhost ${held.host}\nsince ${new Date(held.since).toISOString()}\ndeploy ${held.deploy}`,
    where,
  };
}

/** What to do about a lock that is held. */
export const lockFix = (stale: boolean): string =>
  stale
    ? 'If that deploy is over, take the lock over: in the window with the button that offers it, on the command line with --take-over.'
    : 'Wait until that deploy is over, or resume it. A lock can be taken over when it is an hour old.';

/** The fault `lock-lost`. */
export const lockLost = (held: WrittenOwner | null, server: string): Fault => ({
  code: 'lock-lost',
  message:
    held === null
      ? 'The lock on this server is gone: somebody removed it, or the server was started anew.'
      : `${held.who} on ${held.host} took the lock on this server over.`,
  fix: 'Nothing more is changed here. See that nobody else deploys, then resume.',
  where: { server },
});
