import { randomBytes } from 'node:crypto';
import { fail, ok, type Result } from '../../../../shared/result';
import { faultAt } from './faults';
import type { Machine } from './machine';

/** A folder of ours older than this was left behind, unless somebody says otherwise. Milliseconds. */
const LEFT_BEHIND_MS = 120_000;

/**
 * Makes a folder that was not there before, with mkdir's own word that it was not. Through sudo it has `name` itself as its
 * name wherever it can, so that sudoers may name every command that works in it; where somebody else is at work in that
 * one, and for whoever needs no sudo, it has a name of its own. One left behind by a program that was killed is removed
 * first.
 * @param leftBehindMs how old it is then; by default longer than a file takes to be replaced or tested.
 * @returns the folder's path; `folder-taken` when the other name is one that sudoers does not allow.
 */
export async function freshFolder(
  machine: Machine,
  name: string,
  mode: number,
  signal: AbortSignal,
  leftBehindMs = LEFT_BEHIND_MS,
): Promise<Result<string>> {
  const make = (path: string) =>
    machine.runAsRoot(['mkdir', '-m', `0${mode.toString(8)}`, '--', path], signal);
  let taken = false;
  if (machine.sudo) {
    const made = await make(name);
    if (!made.ok) return made;
    if (made.value.exitCode === 0) return ok(name);
    const age = await ageOf(machine, name, signal);
    if (!age.ok) return age;
    taken = age.value !== null;
    if (age.value !== null && age.value > leftBehindMs) {
      const removed = await machine.runAsRoot(removal(name), signal);
      if (!removed.ok) return removed;
      const again = await make(name);
      if (!again.ok) return again;
      if (again.value.exitCode === 0) return ok(name);
    }
  }
  const own = `${name}-${randomBytes(6).toString('hex')}`;
  const made = await make(own);
  if (!made.ok)
    return taken && made.error.code === 'sudo-refused'
      ? fail(folderTaken(machine, name, leftBehindMs))
      : made;
  return made.value.exitCode === 0
    ? ok(own)
    : fail(
        faultAt(
          machine.at,
          'file-operation-failed',
          `the folder ${own} cannot be made`,
          'Look at the disk (full, read-only?) and at the folder it is to lie in.',
          { file: own, detail: made.value.stderr.trim() },
        ),
      );
}

/** What removes such a folder with all that is in it; symlinks inside are removed, never followed. */
export const removal = (path: string): readonly string[] => ['rm', '-rf', '--one-file-system', '--', path];

/** By the server's clock; null: it is not there. Milliseconds. */
export async function ageOf(
  machine: Machine,
  path: string,
  signal: AbortSignal,
): Promise<Result<number | null>> {
  const told = await machine.runAsRoot([...LOOK, path], signal);
  if (!told.ok) return told;
  const modified = Number(told.value.stdout.trim().split(':').at(-1));
  if (told.value.exitCode !== 0 || !Number.isFinite(modified)) return ok(null);
  const now = await machine.run(['date', '+%s'], signal);
  if (!now.ok) return now;
  return ok((Number(now.value.stdout.trim()) - modified) * 1000);
}

/** How sudo's files are looked at. Without blanks, so that a line in sudoers can say exactly this. */
export const LOOK = ['stat', '-L', '-c', '%f:%s:%u:%g:%Y', '--'] as const;

/** Somebody else's folder is not touched. */
export const folderTaken = (machine: Machine, name: string, leftBehindMs: number) =>
  faultAt(
    machine.at,
    'folder-taken',
    `somebody else is at work in ${name}, or left it behind a moment ago`,
    `Try again in ${leftBehindMs / 60_000} minutes: a folder that was left behind is then removed.`,
    { file: name },
  );
