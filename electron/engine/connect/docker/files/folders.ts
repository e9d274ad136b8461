import { posix } from 'node:path';
import { fail, ok, type Fault, type Result } from '../../../../../shared/base/result';
import type { FileStat } from '../../connection';
import { closedEnough, folderOfAnother } from '../../common/backup-folder';
import { type ServerPlace, faultAt } from '../../common/faults';
import { put, stat } from './archive';
import type { Container, Inspected } from '../api/container';
import { kanidmdUser, type User } from './kanidmd-user';
import { ownerOf } from './owner';

/**
 * Makes a folder that kanidmd may write, or accepts the one that is there: a folder of kanidmd's own user, no more open than
 * asked for. What was made is looked at too: somebody in the container may have been quicker.
 */
export async function makeFolder(
  container: Container,
  seen: Inspected,
  path: string,
  mode: number,
  signal: AbortSignal,
): Promise<Result<void>> {
  const there = await stat(container, path, signal);
  if (!there.ok) return there;
  const user = await kanidmdUser(container, seen, path, signal);
  if (!user.ok) return user;
  if (there.value !== null) return acceptFolder(container, seen, path, there.value, mode, user.value, signal);
  const entry = { kind: 'folder', name: posix.basename(path), owner: { ...user.value, mode } } as const;
  const made = await put(container, posix.dirname(path), [entry], `making ${path}`, signal);
  if (!made.ok) return made;
  const now = await stat(container, path, signal);
  if (!now.ok) return now;
  if (now.value === null) return fail(gone(container.where, path));
  return acceptFolder(container, seen, path, now.value, mode, user.value, signal);
}

async function acceptFolder(
  container: Container,
  seen: Inspected,
  path: string,
  found: FileStat & { readonly realPath: string },
  mode: number,
  user: User,
  signal: AbortSignal,
): Promise<Result<void>> {
  const { where } = container;
  if (found.kind !== 'folder')
    return fail(
      faultAt(where, 'file-exists', `${path} is there and is no folder`, 'Move it away.', { file: path }),
    );
  const closed = closedEnough(where, path, found.mode, mode);
  if (!closed.ok) return closed;
  const owner = await ownerOf(container, seen, found.realPath, found, signal);
  // Podman does not tell everywhere: its mode lets in nobody but root and whoever that is.
  if (!owner.ok) return owner.error.code === 'owner-unknown' ? ok(undefined) : owner;
  return owner.value.uid === user.uid
    ? ok(undefined)
    : fail(folderOfAnother(where, path, owner.value.uid, user.uid));
}

const gone = (where: ServerPlace, path: string): Fault =>
  faultAt(
    where,
    'no-such-file',
    `${path} was made and is not there`,
    'Look at who else works in that folder.',
    {
      file: path,
    },
  );
