import { posix } from 'node:path';
import type { ConfigFixed } from '../../../../../shared/observed/observed';
import { ok, type Result } from '../../../../../shared/base/result';
import type { Machine } from '../machine/machine';

/** Folders whose files a package manager makes and nobody else may change (Nix, Guix). */
const STORES = ['/nix/store/', '/gnu/store/'];

/**
 * Looks whether server.toml can be replaced where it really lies: a new file beside it and a rename over it. Nothing is
 * written. What cannot be seen (no rights, no such program) counts as nothing found: the deploy itself still refuses.
 * @param path as the unit names it, absolute.
 */
export async function configFixed(
  machine: Machine,
  path: string,
  signal: AbortSignal,
): Promise<Result<ConfigFixed | null>> {
  const [real, mounts] = await Promise.all([
    realPath(machine, path, signal),
    machine.run(['cat', '/proc/self/mountinfo'], signal),
  ]);
  if (!real.ok) return real;
  if (!mounts.ok) return mounts;
  const file = real.value;
  if (STORES.some((store) => file.startsWith(store))) return ok({ how: 'store', file });
  const how = mounts.value.exitCode === 0 && !mounts.value.cut ? onMount(mounts.value.stdout, file) : null;
  if (how !== null) return ok({ how, file });
  const immutable = await isImmutable(machine, file, signal);
  return immutable.ok ? ok(immutable.value ? { how: 'immutable', file } : null) : immutable;
}

/** The file itself, links followed; the path as it is where nobody may look. */
async function realPath(machine: Machine, path: string, signal: AbortSignal): Promise<Result<string>> {
  const argv = ['readlink', '-e', '--', path];
  const told = await machine.look(argv, signal);
  if (!told.ok) return told;
  const found = told.value.stdout.replace(/\n$/, '');
  return ok(told.value.exitCode === 0 && posix.isAbsolute(found) ? found : path);
}

/**
 * What the mounts say of a file (proc(5), mountinfo): the last mount over the longest part of its path counts, and is
 * read-only by its own options or by those of its file system.
 */
export function onMount(mountinfo: string, file: string): 'read-only' | 'mounted-alone' | null {
  let point = '';
  let readOnly = false;
  for (const line of mountinfo.split('\n')) {
    const fields = line.split(' ');
    const at = unescaped(fields[4] ?? '');
    const holds = at === '/' || file === at || file.startsWith(`${at}/`);
    if (at === '' || !holds || at.length < point.length) continue;
    point = at;
    const options = [fields[5] ?? '', fields[fields.indexOf('-') + 3] ?? ''];
    readOnly = options.some((some) => some.split(',').includes('ro'));
  }
  if (readOnly) return 'read-only';
  return point === file ? 'mounted-alone' : null;
}

/** Blanks, tabs, line ends and backslashes are written in octal. */
const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_whole, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

/** `chattr +i` on the file, or on the folder that a new file would be made in. lsattr reads it where the user may. */
async function isImmutable(machine: Machine, file: string, signal: AbortSignal): Promise<Result<boolean>> {
  const listed = await machine.look(['lsattr', '-d', '--', file, posix.dirname(file)], signal);
  if (!listed.ok) return listed;
  return ok(
    listed.value.stdout.split('\n').some((line) => {
      const flags = line.split(' ', 1)[0] ?? '';
      return /^[A-Za-z-]+$/.test(flags) && flags.includes('i');
    }),
  );
}
