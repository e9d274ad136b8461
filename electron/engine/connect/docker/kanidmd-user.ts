import { posix } from 'node:path';
import { ok, type Result } from '../../../../shared/result';
import { stat } from './archive';
import type { Container, Inspected } from './container';

/** Who a file belongs to. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Whom folders for kanidmd must belong to: the user the container runs as when it is given in numbers, else the owner of
 * the folder they go into, for names mean nothing outside an image.
 * @param beside a path in that folder.
 */
export async function kanidmdUser(
  container: Container,
  seen: Inspected,
  beside: string,
  signal: AbortSignal,
): Promise<Result<User>> {
  const numbers = /^(\d+)(?::(\d+))?$/.exec(seen.Config.User);
  if (numbers?.[1]) return ok({ uid: Number(numbers[1]), gid: Number(numbers[2] ?? numbers[1]) });
  if (seen.Config.User === '') return ok({ uid: 0, gid: 0 });
  const folder = await stat(container, posix.dirname(beside), signal);
  if (!folder.ok) return folder;
  return ok({ uid: folder.value?.uid ?? 0, gid: folder.value?.gid ?? 0 });
}
