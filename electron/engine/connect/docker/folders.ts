import { posix } from 'node:path';
import { fail, ok, type Result } from '../../../../shared/result';
import { faultAt } from '../ssh/faults';
import { put, stat } from './archive';
import type { Container, Inspected } from './container';
import { kanidmdUser } from './kanidmd-user';

/** Makes a folder that kanidmd may write, or accepts the one that is there if it is no more open than asked for. */
export async function makeFolder(
  container: Container,
  seen: Inspected,
  path: string,
  mode: number,
  signal: AbortSignal,
): Promise<Result<void>> {
  const there = await stat(container, path, signal);
  if (!there.ok) return there;
  if (there.value !== null && there.value.kind !== 'folder')
    return fail(
      faultAt(container.at, 'file-exists', `${path} is there and is no folder`, 'Move it away.', {
        file: path,
      }),
    );
  if (there.value !== null)
    return (there.value.mode & ~mode) === 0
      ? ok(undefined)
      : fail(
          faultAt(
            container.at,
            'folder-too-open',
            `${path} is there, and more people may enter it than is safe for what goes into it`,
            `Close it, chmod 0${mode.toString(8)}, or name another folder.`,
            { file: path, detail: `its mode is 0${there.value.mode.toString(8)}` },
          ),
        );
  const user = await kanidmdUser(container, seen, path, signal);
  if (!user.ok) return user;
  const entry = { kind: 'folder', name: posix.basename(path), owner: { ...user.value, mode } } as const;
  return put(container, posix.dirname(path), [entry], `making ${path}`, signal);
}

/**
 * Takes away what a file of ours holds. The archive API cannot delete: an empty private file keeps the name. What must
 * leave no name goes into a scratch folder instead.
 */
export async function removeFile(
  container: Container,
  path: string,
  signal: AbortSignal,
): Promise<Result<void>> {
  const there = await stat(container, path, signal);
  if (!there.ok) return there;
  if (there.value === null) return ok(undefined);
  const { uid, gid } = there.value;
  const owner = { uid, gid, mode: 0o600 };
  const entry = { kind: 'file', name: posix.basename(path), owner, bytes: new Uint8Array() } as const;
  return put(container, posix.dirname(path), [entry], `emptying ${path}`, signal);
}
