import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { fail, ok, type Result } from '../../../../shared/result';
import { faultAt } from './faults';
import type { ServerFiles } from './files';
import { ageOf, folderTaken, freshFolder } from './fresh-folder';
import type { Machine } from './machine';
import { WORK_FOLDER } from './sudo-replace';

/** What a backup in one may take, and more. Milliseconds. */
const LONGEST_BACKUP_MS = 600_000;

/**
 * A private folder in `parent`, for whoever owns that: kanidmd writes into it itself. Through sudo it has a name that
 * sudoers can say.
 */
export async function makeScratch(
  machine: Machine,
  files: ServerFiles,
  parent: string,
  signal: AbortSignal,
): Promise<Result<string>> {
  if (!machine.sudo) return ownScratch(files, parent, signal);
  const name = posix.join(parent, WORK_FOLDER);
  const folder = await freshFolder(machine, name, 0o700, signal, LONGEST_BACKUP_MS);
  if (!folder.ok) return folder;
  const given = await machine.runAsRoot(['chown', `--reference=${parent}`, '--', folder.value], signal);
  if (!given.ok) return given;
  if (given.value.exitCode === 0) return folder;
  return fail(
    faultAt(
      machine.at,
      'file-operation-failed',
      `the folder ${folder.value} could not be given to the owner of ${parent}`,
      'Look at the folder on the server.',
      { file: folder.value, detail: given.value.stderr.trim() },
    ),
  );
}

/** The same for what only we and a kanidmd with our rights work in: through sudo it stays root's. */
export const makeOwnScratch = (
  machine: Machine,
  files: ServerFiles,
  parent: string,
  signal: AbortSignal,
): Promise<Result<string>> =>
  machine.sudo
    ? freshFolder(machine, posix.join(parent, WORK_FOLDER), 0o700, signal)
    : ownScratch(files, parent, signal);

/**
 * One that a program that was killed left behind, by its path. Only what is named as `makeScratch` names is ever given back,
 * for it is removed with all it holds. The name that sudoers says may be in use by somebody else meanwhile: of it, only a
 * folder older than any backup takes.
 */
export async function scratchLeft(
  machine: Machine,
  path: string,
  signal: AbortSignal,
): Promise<Result<string>> {
  const name = posix.basename(path);
  const own =
    /^\.kanilink-[0-9a-f]{12}$/.test(name) || new RegExp(`^${WORK_FOLDER}-[0-9a-f]{12}$`).test(name);
  if (posix.normalize(path) !== path || !posix.isAbsolute(path) || !(own || name === WORK_FOLDER))
    return fail(
      faultAt(machine.at, 'no-scratch', `${path} is no scratch folder of Kanilink’s`, 'Look at it by hand.', {
        file: path,
      }),
    );
  if (own) return ok(path);
  const age = await ageOf(machine, path, signal);
  if (!age.ok) return age;
  return age.value !== null && age.value < LONGEST_BACKUP_MS
    ? fail(folderTaken(machine, path, LONGEST_BACKUP_MS))
    : ok(path);
}

async function ownScratch(files: ServerFiles, parent: string, signal: AbortSignal): Promise<Result<string>> {
  const path = posix.join(parent, `.kanilink-${randomBytes(6).toString('hex')}`);
  const made = await files.makeFolder(path, 0o700, signal);
  return made.ok ? ok(path) : made;
}
