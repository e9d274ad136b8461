import { posix } from 'node:path';
import { LOOK, removal } from './fresh-folder';
import { lockName } from './lock-name';
import { NEW_FILE, newFile, WORK_FOLDER } from './sudo-replace';

/** Where a deploy works on a server. */
export interface DeployPaths {
  /** With its suffix. */
  readonly unit: string;
  /** The program: a name or a path. */
  readonly kanidmd: string;
  readonly config: string;
  /** The database's file; null: not known yet. */
  readonly database: string | null;
}

/** A word of a command: itself, or one that is new each time, as an extended regular expression without blanks or slashes. */
export type Word = string | { readonly folder: string; readonly name: string };

/** A backup's name: the server's id and the time (`deploy/backup.ts`). */
const BACKUP_NAME = '[a-z0-9-]+-[0-9]{8}T[0-9]{9}Z\\.json\\.gz';

/**
 * Every command that a plan, a deploy, its undoing, a comparison and a renewal run with root's rights. All words are fixed
 * but the names of backups, of which none may ever be written over.
 */
export function deployCommands(paths: DeployPaths): readonly (readonly Word[])[] {
  const { unit, config, database, kanidmd } = paths;
  const folder = posix.dirname(config);
  const work = posix.join(folder, WORK_FOLDER);
  const fresh = posix.join(work, NEW_FILE);
  const staged = posix.join(work, 'server.toml');
  const lock = lockName(unit);
  const withConfig = (...args: Word[]) => [kanidmd, ...args, '-c', config];
  return unique([
    [kanidmd, 'version'],
    withConfig('domain', 'show'),
    withConfig('show-replication-certificate'),
    withConfig('renew-replication-certificate'),
    withConfig('refresh-replication-consumer', '--i-want-to-refresh-this-servers-database'),
    [kanidmd, 'configtest', '-c', staged],
    ...['start', 'stop', 'restart'].map((verb) => ['systemctl', verb, unit]),
    ...looks(config),
    ['cat', '--', config],
    ['readlink', '-e', '--', config],
    ...workFolderCommands(folder),
    newFile(staged),
    newFile(fresh),
    ['chown', `--reference=${config}`, '--', fresh],
    ['chmod', `--reference=${config}`, '--', fresh],
    ['stat', '-c', '%C', '--', config],
    ['stat', '-c', '%C', '--', fresh],
    ['chcon', `--reference=${config}`, '--', fresh],
    ...looks(fresh),
    ['cat', '--', fresh],
    ['mv', '-T', '--', fresh, config],
    ['mkdir', '-m', '0755', '--', `${lock}.new`],
    [...LOOK, `${lock}.new`],
    newFile(`${lock}.new/owner`),
    ['chmod', '0644', '--', `${lock}.new/owner`],
    ['mv', '-T', '--', `${lock}.new`, lock],
    removal(`${lock}.new`),
    ['test', '-e', lock],
    ['cat', '--', `${lock}/owner`],
    ['mv', '-T', '--', lock, `${lock}.old`],
    ['cat', '--', `${lock}.old/owner`],
    ['mv', '-T', '--', `${lock}.old`, lock],
    removal(`${lock}.old`),
    ...(database === null ? [] : databaseCommands(database, withConfig)),
  ]);
}

function databaseCommands(
  database: string,
  withConfig: (...args: Word[]) => readonly Word[],
): readonly (readonly Word[])[] {
  const folder = posix.dirname(database);
  const backups = posix.join(folder, 'kanilink-backups');
  const backup: Word = { folder: backups, name: BACKUP_NAME };
  const compared = posix.join(folder, WORK_FOLDER, 'compare.json.gz');
  const free = (path: string) => ['df', '-B', '1', '--output=avail', '--', path];
  return [
    ...looks(database),
    ...looks(backups),
    ['mkdir', '-m', '0700', '--', backups],
    ['chown', `--reference=${folder}`, '--', backups],
    free(backups),
    withConfig('scripting', 'backup', backup),
    withConfig('database', 'backup', backup),
    ...looks(backup),
    ['cat', '--', backup],
    ...workFolderCommands(folder),
    ['chown', `--reference=${folder}`, '--', posix.join(folder, WORK_FOLDER)],
    free(posix.join(folder, WORK_FOLDER)),
    withConfig('scripting', 'backup', compared),
    ...looks(compared),
    ['cat', '--', compared],
  ];
}

const workFolderCommands = (folder: string): readonly (readonly Word[])[] => {
  const work = posix.join(folder, WORK_FOLDER);
  return [['mkdir', '-m', '0700', '--', work], [...LOOK, work], removal(work)];
};

const looks = (path: Word): readonly (readonly Word[])[] => [
  [...LOOK, path],
  ['test', '-e', path],
];

function unique(commands: readonly (readonly Word[])[]): readonly (readonly Word[])[] {
  const seen = new Map(commands.map((command) => [JSON.stringify(command), command]));
  return [...seen.values()];
}

/** Is this command one of them? */
export function isAmong(argv: readonly string[], commands: readonly (readonly Word[])[]): boolean {
  return commands.some(
    (words) => words.length === argv.length && words.every((word, at) => matches(word, argv[at] ?? '')),
  );
}

const matches = (word: Word, argument: string): boolean =>
  typeof word === 'string'
    ? word === argument
    : posix.dirname(argument) === word.folder && new RegExp(`^${word.name}$`).test(posix.basename(argument));
