import { posix } from 'node:path';
import { ok, type Result } from '../../../../shared/result';
import type { Output } from '../connection';
import { type DeployPaths, deployCommands, isAmong, type Word } from './sudoers-lines';

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
 * What would allow a command that sudo refused. One that a deploy needs comes with the lines for all of it, so that nobody
 * has to allow them one by one; another with its own line, where there is an exact one. The program is named by a path
 * that only root can change, and every argument is literal: a wildcard in sudoers matches blanks and slashes too, so that
 * it allows more than it seems to (sudoers(5), "Wildcards in command arguments").
 * @param paths where a deploy works, as far as it is known.
 */
export async function howToAllow(
  run: Run,
  argv: readonly string[],
  paths: DeployPaths | null,
  signal: AbortSignal,
): Promise<Result<string>> {
  const told = await run(['id', '-un'], signal);
  if (!told.ok) return told;
  const user = told.value.stdout.trim();
  if (told.value.exitCode !== 0 || !USER.test(user)) return ok(ODD);
  const commands = paths === null ? [] : deployCommands(paths);
  if (paths !== null && isAmong(argv, commands)) return wholeDeploy(run, user, commands, paths, signal);
  if (argv.slice(1).some((arg) => NEW_EACH_TIME.test(arg)))
    return ok(
      'No exact line in sudoers allows this command, for a name in it is new each time. Connect as root, or let this user run every command by sudo without a password.',
    );
  if (!argv.slice(1).every((arg) => PLAIN.test(arg))) return ok(ODD);
  const path = await rootsOwn(run, argv[0] ?? '', signal);
  if (!path.ok) return path;
  return ok(
    path.value === null
      ? notRoots(argv[0] ?? '')
      : `Allow exactly this command, with visudo -f ${FILE}:\n${lineFor(user, path.value, argv.slice(1))}`,
  );
}

const FILE = '/etc/sudoers.d/kanilink';
const ODD = 'The command holds characters that mean something else in sudoers: connect as root instead.';
const notRoots = (program: string): string =>
  `No ${program} was found that only root can change, so that sudo should not run it. Install it in a folder of root's, or write its path into the fleet file.`;

/** The lines for all that a deploy runs; what has none is said. */
async function wholeDeploy(
  run: Run,
  user: string,
  commands: readonly (readonly Word[])[],
  paths: DeployPaths,
  signal: AbortSignal,
): Promise<Result<string>> {
  const version = await run(['sudo', '-V'], signal);
  if (!version.ok) return version;
  const expressions = takesExpressions(version.value.stdout);
  const names = [...new Set(commands.map(([program]) => String(program)))];
  const found = await Promise.all(names.map((name) => rootsOwn(run, name, signal)));
  const programs = new Map<string, string | null>();
  for (const [at, path] of found.entries()) {
    if (!path.ok) return path;
    programs.set(names[at] ?? '', path.value);
  }
  const missing = [...programs].flatMap(([name, path]) => (path === null ? [name] : []));
  // What is not there has nothing to do: a machine without SELinux may have no chcon.
  const needed = missing.find((name) => name !== 'chcon');
  if (needed !== undefined) return ok(notRoots(needed));
  const words = commands.flatMap(([program, ...args]) => {
    const path = programs.get(String(program)) ?? null;
    return path === null ? [] : [{ path, args }];
  });
  if (words.some(({ args }) => !args.every((arg) => PLAIN.test(typeof arg === 'string' ? arg : arg.folder))))
    return ok(ODD);
  const lines = words
    .filter(({ args }) => expressions || args.every((arg) => typeof arg === 'string'))
    .map(({ path, args }) => lineFor(user, path, args));
  const notes = [
    `To read the log without sudo, ${user} has to be in the group systemd-journal: usermod -aG systemd-journal ${user}.`,
    ...(paths.database === null
      ? ['What backups need is said once the configuration can be read, which names the database.']
      : expressions
        ? []
        : [
            'Backups are not among them: their names are new each time, and this sudo takes no regular expressions (1.9.10 and later do). Connect as root where a database is to be refreshed.',
          ]),
  ];
  const head = `Allow exactly what Kanilink runs on this server, with visudo -f ${FILE}. ${notes.join(' ')}`;
  return ok([head, ...lines].join('\n'));
}

/** A line of sudoers. A command without arguments would allow any; "" allows none (sudoers(5)). */
function lineFor(user: string, program: string, args: readonly Word[]): string {
  return `${user} ALL=(root) NOPASSWD: ${program} ${inSudoers(args)}`;
}

function inSudoers(args: readonly Word[]): string {
  if (args.length === 0) return '""';
  if (args.every((arg) => typeof arg === 'string'))
    return args.map((arg) => arg.replace(/[,:=]/g, '\\$&')).join(' ');
  const words = args.map((arg) =>
    typeof arg === 'string' ? literally(arg) : `${literally(arg.folder)}/${arg.name}`,
  );
  return `^${words.join(' ')}$`;
}

/** In an extended regular expression. */
const literally = (text: string): string => text.replace(/[.+]/g, '\\$&');

/** Regular expressions came with sudo 1.9.10; sudo-rs has none. */
function takesExpressions(said: string): boolean {
  const [, major = 0, minor = 0, patch = 0] =
    /^Sudo version (\d+)\.(\d+)\.(\d+)/m.exec(said)?.map(Number) ?? [];
  return major > 1 || (major === 1 && (minor > 9 || (minor === 9 && patch >= 10)));
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
