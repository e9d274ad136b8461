import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { fail, ok, type Fault, type Result } from '../../../../../shared/base/result';
import { type ServerPlace, faultAt } from '../../common/faults';
import { cleanUpTime } from '../../common/limits';
import { newFolder, removal } from '../commands/files';
import type { Identity } from '../machine/identity';
import type { Machine } from '../machine/machine';

/** A folder that was made, and what tells it from another one of the same name. */
export interface MadeFolder {
  readonly path: string;
  /** Device and inode. */
  readonly node: string;
}

/**
 * Makes a private folder with a name of its own, as the user whose folder it lies in; mkdir says itself that it was not
 * there before.
 * @param name what its name begins with.
 */
export async function freshFolder(
  machine: Machine,
  who: Identity,
  name: string,
  signal: AbortSignal,
): Promise<Result<MadeFolder>> {
  const path = `${name}-${randomBytes(6).toString('hex')}`;
  const made = await machine.as(who, newFolder(path, 0o700), signal);
  if (made.ok && made.value.exitCode !== 0) return fail(cannotMake(machine.where, path, made.value.stderr));
  const node = made.ok ? await nodeOf(machine, who, path, signal) : made;
  if (node.ok && node.value !== null) return ok({ path, node: node.value });
  // A folder whose making was not heard of may be there all the same; nobody else can have this name.
  await machine.as(who, removal(path), cleanUpTime());
  return node.ok ? fail(cannotMake(machine.where, path, 'it is gone again')) : node;
}

/**
 * The fault `permission-denied`, where a program of coreutils says so; null: it says something else. Another locale's words are
 * not known, and give the fault of a failed program.
 */
export const mayNot = (where: ServerPlace, path: string, said: string): Fault | null =>
  /: (?:Permission denied|Operation not permitted)$/m.test(said)
    ? faultAt(
        where,
        'permission-denied',
        `not allowed to change ${path}`,
        'Connect as a user who may, or set `sudo = true` for this server.',
        { file: path, detail: said.trim() },
      )
    : null;

/** Device and inode of what has this name, itself and not what it leads to; null: nothing has it. */
export async function nodeOf(
  machine: Machine,
  who: Identity,
  path: string,
  signal: AbortSignal,
): Promise<Result<string | null>> {
  const told = await machine.as(who, ['stat', '-c', '%d:%i', '--', path], signal);
  if (!told.ok) return told;
  const node = told.value.stdout.trim();
  return ok(told.value.exitCode === 0 && /^\d+:\d+$/.test(node) ? node : null);
}

/**
 * Removes a folder that was made here. One that has its name now and is another is left alone: somebody put it there.
 * @returns `folder-swapped` then.
 */
export async function removeMade(
  machine: Machine,
  who: Identity,
  { path, node }: MadeFolder,
  signal: AbortSignal,
): Promise<Result<void>> {
  const now = await nodeOf(machine, who, path, signal);
  if (!now.ok) return now;
  if (now.value === null) return ok(undefined);
  if (now.value !== node)
    return fail(
      faultAt(
        machine.where,
        'folder-swapped',
        `${path} is not the folder Kanilink made: somebody put something else in its place`,
        'Look at it by hand, and at who may write into the folder it lies in.',
        { file: path, detail: `made ${node}\nfound ${now.value}` },
      ),
    );
  return removeFolder(machine, who, path, signal);
}

/**
 * Removes a folder with all that is in it, as whose folder it lies in.
 * @param known its path as the person knows it, where another one leads to it more safely.
 */
export async function removeFolder(
  machine: Machine,
  who: Identity,
  path: string,
  signal: AbortSignal,
  known = path,
): Promise<Result<void>> {
  const removed = await machine.as(who, removal(path), signal);
  if (!removed.ok) return removed;
  return removed.value.exitCode === 0
    ? ok(undefined)
    : fail(
        faultAt(
          machine.where,
          'file-operation-failed',
          `${known} could not be removed`,
          'Remove it by hand; look at the disk (read-only?).',
          { file: known, detail: removed.value.stderr.trim() },
        ),
      );
}

const cannotMake = (where: ServerPlace, path: string, said: string): Fault =>
  mayNot(where, path, said) ??
  faultAt(
    where,
    'file-operation-failed',
    `the folder ${path} cannot be made`,
    'Look at the disk (full, read-only?) and at the folder it is to lie in.',
    { file: posix.dirname(path), detail: said.trim() },
  );
