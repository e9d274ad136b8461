import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { fail, ok, type Result } from '../../../../shared/result';
import { faultAt } from './faults';
import type { ServerFiles } from './files';
import { freshFolder } from './fresh-folder';
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

async function ownScratch(files: ServerFiles, parent: string, signal: AbortSignal): Promise<Result<string>> {
  const path = posix.join(parent, `.kanilink-${randomBytes(6).toString('hex')}`);
  const made = await files.makeFolder(path, 0o700, signal);
  return made.ok ? ok(path) : made;
}
