import { ok, fail, type Fault, type Result } from '../../../../shared/base/result';
import { type ServerPlace, faultAt } from './faults';

/**
 * Whether a folder that is there may hold backups.
 * @param found its permission bits.
 * @param mode the bits it may have at most.
 * @returns the fault `folder-too-open` where it has others.
 */
export function closedEnough(where: ServerPlace, path: string, found: number, mode: number): Result<void> {
  if ((found & ~mode) === 0) return ok(undefined);
  return fail(
    faultAt(
      where,
      'folder-too-open',
      `${path} is there, and more people may enter it than is safe for what goes into it`,
      `Close it, chmod 0${mode.toString(8)}, or name another folder.`,
      { file: path, detail: `its mode is 0${found.toString(8)}` },
    ),
  );
}

/** The fault of a folder that is there and not of whom it should be: who owns it reads and swaps what goes into it. */
export const folderOfAnother = (where: ServerPlace, path: string, found: number, wanted: number): Fault =>
  faultAt(
    where,
    'folder-of-another',
    `${path} is there, and belongs to another user than the one who is to work in it`,
    'Look at what is in it, then move it away.',
    { file: path, detail: `it belongs to uid ${found}, and not to ${wanted}` },
  );
