import { fail, type Result } from '../../../../../shared/base/result';
import { closedEnough, folderOfAnother } from '../../common/backup-folder';
import type { Machine } from '../machine/machine';
import { workAt } from '../machine/place';
import { programFiles } from './program-files';

/**
 * Makes a folder as the user whose folder it lies in, or accepts the one that is there: a folder and no symlink, theirs, and
 * no more open than asked for.
 */
export async function makeOrAccept(
  machine: Machine,
  path: string,
  mode: number,
  signal: AbortSignal,
): Promise<Result<void>> {
  const work = await workAt(machine, path, 'change', signal);
  if (!work.ok) return work;
  const { who, path: place } = work.value;
  const made = await programFiles(machine, who).makeFolder(place, mode, signal);
  if (made.ok || made.error.code !== 'file-exists') return made;
  const told = await machine.as(who, ['stat', '-c', '%f:%u', '--', place], signal);
  if (!told.ok) return told;
  const [bits = '', uid] = told.value.stdout.trim().split(':');
  const found = Number.parseInt(bits, 16);
  if (told.value.exitCode !== 0 || (found & 0o170000) !== 0o040000) return made;
  const rights = await machine.rights(signal);
  if (!rights.ok) return rights;
  if (rights.value.kind !== 'own' && Number(uid) !== who.uid)
    return fail(folderOfAnother(machine.where, path, Number(uid), who.uid));
  return closedEnough(machine.where, path, found & 0o7777, mode);
}
