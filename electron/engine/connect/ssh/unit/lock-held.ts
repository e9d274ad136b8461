import { ok, type Result } from '../../../../../shared/base/result';
import type { Output } from '../../connection';
import { LARGEST_OWNER, readOwner, type UnreadLock, type WrittenOwner } from '../../common/lock-owner';
import { contentOf, isThere } from '../commands/files';
import type { RunOptions } from '../session/run';

/** What is there: an owner that is believed, nothing, what cannot be read, or what neither root nor the login put there. */
export type FoundLock = WrittenOwner | UnreadLock | 'none' | 'not-roots';

/** Whether a lock was there and could be read. */
export const isOwner = (held: FoundLock): held is WrittenOwner => typeof held === 'object' && 'token' in held;

/** Is a lock that was looked at twice the same? */
export const sameLock = (one: FoundLock, other: FoundLock): boolean =>
  isOwner(one) && isOwner(other)
    ? one.token === other.token
    : typeof one === 'object' && typeof other === 'object'
      ? !isOwner(one) && !isOwner(other)
      : one === other;

type Run = (argv: readonly string[], signal: AbortSignal, options?: RunOptions) => Promise<Result<Output>>;

/**
 * Looks at a lock before it reads it, at the names themselves: a lock counts where it and its owner's file were made by one
 * of `trusted`, and a file is read only when it is one, and small.
 * @param trusted uids: root's, and one's own for a login without root.
 */
export async function heldLock(
  run: Run,
  lock: string,
  trusted: readonly number[],
  signal: AbortSignal,
): Promise<Result<FoundLock>> {
  const looked = await run(['stat', '-c', '%f:%u:%s:%Y', '--', lock, `${lock}/owner`], signal);
  if (!looked.ok) return looked;
  const [folder, file] = looked.value.stdout.split('\n').map((line) => line.split(':'));
  if (!folder?.[1]) return ok('none');
  const typeOf = (bits: string | undefined) => Number.parseInt(bits ?? '', 16) & 0o170000;
  if (typeOf(folder[0]) !== 0o040000 || !trusted.includes(Number(folder[1]))) return ok('not-roots');
  const unread: UnreadLock = { unread: true, since: Number(folder[3]) * 1000 };
  if (!file?.[1]) return ok((await stillThere(run, lock, signal)) ? unread : 'none');
  if (typeOf(file[0]) !== 0o100000 || !trusted.includes(Number(file[1]))) return ok('not-roots');
  if (!(Number(file[2]) <= LARGEST_OWNER)) return ok(unread);
  const read = await run(contentOf(`${lock}/owner`), signal, { maxBytes: LARGEST_OWNER });
  if (!read.ok) return read;
  if (read.value.exitCode === 0) return ok(readOwner(read.value.stdout) ?? unread);
  return ok((await stillThere(run, lock, signal)) ? unread : 'none');
}

async function stillThere(run: Run, path: string, signal: AbortSignal): Promise<boolean> {
  const there = await run(isThere(path), signal);
  return there.ok && there.value.exitCode === 0;
}
