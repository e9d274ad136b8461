import { posix } from 'node:path';
import { fail, ok, type Result } from '../../../../../shared/base/result';
import { faultAt } from '../../common/faults';
import { freshFolder, removeFolder, removeMade } from './fresh-folder';
import type { Machine } from '../machine/machine';
import { workAt } from '../machine/place';

/** A private folder, and how it goes again. */
export interface ScratchFolder {
  readonly path: string;
  remove(signal: AbortSignal): Promise<Result<void>>;
}

/** What its name begins with. */
const NAME = '.kanilink';

/** Names that scratch folders have, or had in earlier versions. */
const NAMES = /^\.kanilink(?:-work|-sudo)?-[0-9a-f]{12}$|^\.kanilink-sudo$/;

/** A private folder in `parent`, made by the owner of `parent` and so theirs: kanidmd writes into it itself. */
export async function makeScratch(
  machine: Machine,
  parent: string,
  signal: AbortSignal,
): Promise<Result<ScratchFolder>> {
  const work = await workAt(machine, posix.join(parent, NAME), 'change', signal);
  if (!work.ok) return work;
  const { who, path } = work.value;
  const made = await freshFolder(machine, who, path, signal);
  if (!made.ok) return made;
  // By the path it was asked for: kanidmd's own user may not reach what root sees behind it.
  const shown = posix.join(parent, posix.basename(made.value.path));
  return ok({ path: shown, remove: (limit) => removeMade(machine, who, made.value, limit) });
}

/**
 * One that a program that was killed left behind, by its path. Only what is named as scratch folders are is ever given back,
 * for it is removed with all it holds, by the owner of the folder it lies in.
 */
export async function orphanedScratch(
  machine: Machine,
  path: string,
  signal: AbortSignal,
): Promise<Result<ScratchFolder>> {
  if (posix.normalize(path) !== path || !posix.isAbsolute(path) || !NAMES.test(posix.basename(path)))
    return fail(
      faultAt(
        machine.where,
        'no-scratch',
        `${path} is no scratch folder of Kanilink’s`,
        'Look at it by hand.',
        {
          file: path,
        },
      ),
    );
  const work = await workAt(machine, path, 'change', signal);
  if (!work.ok) return work;
  const { who, path: place } = work.value;
  return ok({
    path,
    remove: (limit) => removeFolder(machine, who, place, limit, path),
  });
}
