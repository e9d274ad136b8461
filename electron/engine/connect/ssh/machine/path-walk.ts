import { posix } from 'node:path';
import { ok, type Result } from '../../../../../shared/base/result';
import type { Output } from '../../connection';

/** One name on the way to a path, itself and not what it may lead to. */
export interface Component {
  /** Physical: no name before it is a symlink. */
  readonly path: string;
  readonly kind: 'folder' | 'link' | 'file' | 'other';
  readonly uid: number;
  readonly gid: number;
  /** Permission bits with the sticky bit. */
  readonly mode: number;
  /** It has an access control list, and the bits of its group are that list's mask (acl(5)). Asked of root's group alone. */
  readonly listed?: boolean;
}

/** The way to a path. */
export interface Walk {
  /** Every folder and symlink that was passed, `/` first; the last is what was asked for, as far as it exists. */
  readonly passed: readonly Component[];
  /** Where it leads: without a symlink, but for what does not exist. */
  readonly physical: string;
  readonly exists: boolean;
}

type Run = (argv: readonly string[], signal: AbortSignal) => Promise<Result<Output>>;

const BY_GROUP = 0o020;

/** As many symlinks as Linux follows (path_resolution(7)). */
const MOST_LINKS = 40;

/**
 * Goes the way to a path name by name, as path_resolution(7) does, and tells whose each of them is: one program for all
 * names, and two more for every symlink.
 * @param path absolute.
 * @param run with the rights to look.
 * @returns null when the way has no end: too many symlinks, or a name that cannot be read.
 */
export async function walk(run: Run, path: string, signal: AbortSignal): Promise<Result<Walk | null>> {
  const passed: Component[] = [];
  let behind: string[] = [];
  let ahead = namesOf(path);
  for (let links = 0; links <= MOST_LINKS;) {
    const parent = ahead.indexOf('..');
    const run_ = parent < 0 ? ahead : ahead.slice(0, parent);
    const paths = run_.map((_, index) => joined([...behind, ...run_.slice(0, index + 1)]));
    if (passed.length === 0) paths.unshift('/');
    const looked = paths.length === 0 ? ok([]) : await look(run, paths, signal);
    if (!looked.ok) return looked;
    const skip = passed.length === 0 ? 1 : 0;
    const link = looked.value.findIndex(({ kind }) => kind === 'link');
    const known = link < 0 ? looked.value : looked.value.slice(0, link + 1);
    passed.push(...known);
    const steps = known.length - skip;
    if (link >= 0) {
      const target = await run(['readlink', '-n', '--', paths[link] ?? '/'], signal);
      if (!target.ok) return target;
      if (target.value.exitCode !== 0 || target.value.stdout === '' || target.value.cut) return ok(null);
      behind = target.value.stdout.startsWith('/') ? [] : [...behind, ...run_.slice(0, steps - 1)];
      ahead = [...namesOf(target.value.stdout), ...ahead.slice(steps)];
      links++;
      continue;
    }
    behind = [...behind, ...run_.slice(0, steps)];
    if (looked.value.length < paths.length)
      return ok({ passed, physical: joined([...behind, ...ahead.slice(steps)]), exists: false });
    if (parent < 0) return ok({ passed, physical: joined(behind), exists: true });
    behind.pop();
    ahead = ahead.slice(parent + 1);
  }
  return ok(null);
}

/** Looks at the names in order; the first that is not there ends it. */
async function look(
  run: Run,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<Result<readonly Component[]>> {
  // What a name is called is not printed: it may hold a newline.
  const told = await run(['stat', '-c', '%f:%u:%g', '--', ...paths], signal);
  if (!told.ok) return told;
  const lines = told.value.stdout.split('\n').filter((line) => line !== '');
  const found = lines.slice(0, paths.length).map((line, index): Component => {
    const [bits = '', uid, gid] = line.split(':');
    const mode = Number.parseInt(bits, 16);
    const type = mode & 0o170000;
    const kind =
      type === 0o040000 ? 'folder' : type === 0o120000 ? 'link' : type === 0o100000 ? 'file' : 'other';
    return { path: paths[index] ?? '', kind, uid: Number(uid), gid: Number(gid), mode: mode & 0o7777 };
  });
  for (const [at, it] of found.entries()) {
    if (it.kind === 'link' || it.uid !== 0 || it.gid !== 0 || (it.mode & BY_GROUP) === 0) continue;
    // A `+` behind the bits (POSIX, ls): whoever the list names has what its group seems to have.
    const shown = await run(['ls', '-ld', '--', it.path], signal);
    if (!shown.ok) return shown;
    found[at] = { ...it, listed: /^[^\s+]{10}\+/.test(shown.value.stdout) };
  }
  return ok(found);
}

const namesOf = (path: string): string[] => path.split('/').filter((name) => name !== '' && name !== '.');
const joined = (names: readonly string[]): string => posix.join('/', ...names);
