import { closeSync, lstatSync, mkdirSync, openSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { fail, type Fault, ok, type Result } from '../../../shared/base/result';
import { fileWords } from '../storage/file-words';

/** What SQLite keeps beside its file. */
const BESIDE = ['-wal', '-shm', '-journal'] as const;

/** Where histories lie, below the folder of settings. */
export const historyFolder = (configDir: string): string => join(configDir, 'history');

/**
 * Where the history is written: the file with the highest number. One that is damaged stays where it is, and the next
 * number is begun. It is never renamed: SQLite removes what lies beside a file by its name, also for a program that still
 * has the old one open.
 */
const fileOf = (folder: string, number: number): string => join(folder, `history-${number}.sqlite`);

const numbersIn = (folder: string): readonly number[] =>
  readdirSync(folder)
    .map((name) => Number(/^history-([1-9]\d{0,5})\.sqlite$/.exec(name)?.[1] ?? 0))
    .filter((number) => number > 0)
    .sort((a, b) => a - b);

/** The file that is written now, and the one before it, which was damaged. */
export interface HistoryPlace {
  readonly file: string;
  readonly damaged: string | null;
}

/**
 * Makes folder and file, readable by this user only. What another user may write, or has put there, is not used: SQLite
 * would follow a link, and read what it finds.
 * @returns `history-foreign` or `history-not-kept`.
 */
export function preparePlace(folder: string): Result<HistoryPlace> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const there = lstatSync(folder);
    if (!there.isDirectory() || !isOwn(there)) return fail(foreign(folder));
    const place = placeIn(folder);
    for (const path of [place.file, ...BESIDE.map((end) => place.file + end)]) {
      const found = lstatSync(path, { throwIfNoEntry: false });
      if (found !== undefined && (!found.isFile() || !isOwn(found))) return fail(foreign(path));
    }
    // SQLite gives what it keeps beside a file the file's own mode.
    if (lstatSync(place.file, { throwIfNoEntry: false }) === undefined) make(place.file);
    return ok(place);
  } catch (cause) {
    return fail(notKept(cause, folder));
  }
}

function placeIn(folder: string): HistoryPlace {
  const [last = 1, before] = numbersIn(folder).toReversed();
  return { file: fileOf(folder, last), damaged: before === undefined ? null : fileOf(folder, before) };
}

/** Begins the file after a damaged one, unless another process has done so. Throws as the file system does. */
export function beginAfter(folder: string, damagedFile: string): void {
  const last = numbersIn(folder).at(-1) ?? 0;
  if (fileOf(folder, last) === damagedFile) make(fileOf(folder, last + 1));
}

/** Two processes may begin at once: the file of the other one is as good. */
function make(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
  }
}

/** Windows has no such owners and modes; the folder lies in the person's own profile. */
function isOwn(stats: Stats): boolean {
  const me = process.getuid?.();
  return me === undefined || (stats.uid === me && (stats.mode & 0o022) === 0);
}

/** Which file is to be written now, by what it is and not by its name. Null: there is none. */
export function identityOf(folder: string): string | null {
  try {
    const { file } = placeIn(folder);
    const { dev, ino } = lstatSync(file, { bigint: true });
    return `${file} ${dev} ${ino}`;
  } catch {
    return null;
  }
}

/** Of what another user can write to, or owns. */
const foreign = (path: string): Fault => ({
  code: 'history-foreign',
  message:
    'No history is kept: its folder or file is another user’s, may be written by others, or is a link.',
  fix: 'Make it yours alone (chown, chmod go-w), or choose another folder with --config-dir.',
  where: { file: path },
});

/** Of what the system or SQLite refused. What was to be written is kept in memory and tried again. */
export const notKept = (cause: unknown, path: string): Fault => ({
  code: 'history-not-kept',
  message: `No history can be written: ${fileWords(cause)}.`,
  fix: 'Make room, or make the folder writable; Kanilink tries again, and what happened meanwhile may be missing.',
  where: { file: path },
});

/** Of a file after which a new one was begun. */
export const damaged = (file: string): Fault => ({
  code: 'history-damaged',
  message:
    'The history was damaged. Its file stays as it is, and a new one was begun; how much is kept is the default again.',
  fix: 'sqlite3’s .recover reads what is left of the old one. Delete it, or put it elsewhere, and this is not said again.',
  where: { file },
});

/** Of a file that this program must not change. */
export const tooNew = (file: string): Fault => ({
  code: 'history-too-new',
  message: 'No history is kept or shown: the file was written by a newer Kanilink, or by another program.',
  fix: 'Use the newer one, or choose another folder with --config-dir.',
  where: { file },
});
