import { fail, ok, type Result } from '../../../../shared/result';
import { type At, faultAt } from './faults';
import type { ServerFiles } from './files';

/** Makes a folder, or accepts the one that is there if it is no more open than asked for. */
export async function makeOrAccept(
  at: At,
  files: ServerFiles,
  path: string,
  mode: number,
  signal: AbortSignal,
): Promise<Result<void>> {
  const made = await files.makeFolder(path, mode, signal);
  if (made.ok || made.error.code !== 'file-exists') return made;
  const there = await files.stat(path, signal);
  if (!there.ok) return there;
  if (there.value?.kind !== 'folder') return made;
  if ((there.value.mode & ~mode) === 0) return ok(undefined);
  return fail(
    faultAt(
      at,
      'folder-too-open',
      `${path} is there, and more people may enter it than is safe for what goes into it`,
      `Close it, chmod 0${mode.toString(8)}, or name another folder.`,
      { file: path, detail: `its mode is 0${there.value.mode.toString(8)}` },
    ),
  );
}
