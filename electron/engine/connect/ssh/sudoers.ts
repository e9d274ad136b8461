import { posix } from 'node:path';
import { ok, type Result } from '../../../../shared/result';
import type { Output } from '../connection';

/** Where sudo looks for programs, in its order (sudoers(5), `secure_path` as Debian and Fedora set it). */
const FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Nothing sudoers(5) reads as more than itself: no wildcard, list, comment, regular expression or escape. */
const PLAIN = /^[A-Za-z0-9_./@+%-][A-Za-z0-9_./@+%=:,-]*$/;
const USER = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** Names that are new each time: files beside a config, locks being made, and places in a journal. */
const NEW_EACH_TIME = /kanilink-\S*[0-9a-f]{12}|^--after-cursor=|^--since=|\.(?:new|old)-[0-9a-f]{12}/;

/** Runs a program as the user who logged in. */
type Run = (argv: readonly string[], signal: AbortSignal) => Promise<Result<Output>>;

/**
 * What would allow a command that sudo refused: its line for sudoers, where there is an exact one. The program is named by
 * a path that only root can change, and every argument is literal: a wildcard in sudoers matches blanks and slashes too,
 * so that it allows more than it seems to (sudoers(5), "Wildcards in command arguments").
 */
export async function howToAllow(
  run: Run,
  argv: readonly string[],
  signal: AbortSignal,
): Promise<Result<string>> {
  const [program = '', ...args] = argv;
  const told = await run(['id', '-un'], signal);
  if (!told.ok) return told;
  const user = told.value.stdout.trim();
  if (args.some((arg) => NEW_EACH_TIME.test(arg)))
    return ok(
      'No exact line in sudoers allows this command, for a name in it is new each time. Connect as root, or let this user run every command by sudo without a password.',
    );
  if (told.value.exitCode !== 0 || !USER.test(user) || !args.every((arg) => PLAIN.test(arg)))
    return ok('The command holds characters that mean something else in sudoers: connect as root instead.');
  const path = await rootsOwn(run, program, signal);
  if (!path.ok) return path;
  if (path.value === null)
    return ok(
      `No ${program} was found that only root can change, so that sudo should not run it. Install it in a folder of root's, or write its path into the fleet file.`,
    );
  // A command without arguments would allow any; "" allows none (sudoers(5)).
  const words = args.length === 0 ? ['""'] : args.map((arg) => arg.replace(/[,:=]/g, '\\$&'));
  const command = [path.value, ...words].join(' ');
  return ok(
    `Allow exactly this command, with visudo -f /etc/sudoers.d/kanilink:\n${user} ALL=(root) NOPASSWD: ${command}`,
  );
}

/** The program sudo would run, when it and every folder above it are root's and nobody else may write there; else null. */
async function rootsOwn(run: Run, program: string, signal: AbortSignal): Promise<Result<string | null>> {
  const candidates = program.startsWith('/')
    ? [posix.normalize(program)]
    : program.includes('/')
      ? []
      : FOLDERS.map((folder) => `${folder}/${program}`);
  for (const path of candidates) {
    if (!PLAIN.test(path)) continue;
    const chain = await run(['stat', '-L', '-c', '%u %a', '--', path, ...foldersAbove(path)], signal);
    if (!chain.ok) return chain;
    if (chain.value.exitCode !== 0) continue;
    const safe = chain.value.stdout
      .trim()
      .split('\n')
      .every((line) => {
        const [uid, mode = ''] = line.split(' ');
        return uid === '0' && (Number.parseInt(mode, 8) & 0o022) === 0;
      });
    // sudo takes the first one it finds: a later one would not be what runs.
    return ok(safe ? path : null);
  }
  return ok(null);
}

function foldersAbove(path: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = posix.dirname(path); ; folder = posix.dirname(folder)) {
    folders.push(folder);
    if (folder === '/') return folders;
  }
}
