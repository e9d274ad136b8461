import { constants } from 'node:fs';
import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import { devNull } from 'node:os';
import { fileWords } from './file-words';
import { errorCode } from '../base/error-code';

/** What became of a file of this machine. */
export type LocalFile =
  { readonly kind: 'read'; readonly bytes: Buffer } | { readonly kind: 'missing' } | Unusable;

/** A file that cannot be used, and why, in words. `silent`: its disk does not answer now, and may later. */
export interface Unusable {
  readonly kind: 'unusable';
  readonly reason: string;
  readonly silent: boolean;
}

/** Keys, certificates, known_hosts and settings are smaller. Bytes. */
export const LARGEST_LOCAL = 1024 * 1024;
/** A disk of the network may not answer at all. */
const LIMIT_MS = 5_000;
/** What of it passes at once at most: a process that could not run has not waited. */
const SLICE_MS = 250;
/** Threads that files may hold: what hangs must leave some to everything else (`thread-pool.ts`). */
const AT_ONCE = 6;

const CHUNK = 64 * 1024;

/**
 * Reads a small file that a person, a fleet file or ~/.ssh/config names. Such a path may lead to a pipe, a terminal, an
 * endless device or a disk that does not answer; each holds a thread of the process for good. So only regular files are
 * opened, without waiting, up to `maxBytes`; one attempt is under way per path, a few in all, and nobody waits for longer
 * than five seconds.
 */
export function readLocalFile(path: string, maxBytes = LARGEST_LOCAL): Promise<LocalFile> {
  const attempt = oneAtATime(underWay, `${maxBytes}:${path}`, () => read(path, maxBytes));
  return withinLimit<LocalFile>(attempt, SILENT);
}

/** Text of a file, see {@link readLocalFile}; bytes that are not UTF-8 become U+FFFD. */
export async function readLocalText(path: string): Promise<Exclude<LocalFile, { kind: 'read' }> | string> {
  const file = await readLocalFile(path);
  return file.kind === 'read' ? file.bytes.toString('utf8') : file;
}

/** The names in a folder, in order; none when it is not there or is no folder. Unusable: its disk does not answer. */
export function listLocalFolder(path: string): Promise<readonly string[] | Unusable> {
  const names = () =>
    readdir(path).then(
      (found) => found.sort(),
      (): readonly string[] => [],
    );
  const attempt = oneAtATime(listing, path, names);
  return withinLimit<readonly string[] | Unusable>(attempt, SILENT);
}

const listing = new Map<string, Promise<readonly string[]>>();
const underWay = new Map<string, Promise<LocalFile>>();
const waiting: (() => void)[] = [];
let busy = 0;

/** The attempt that is under way for a key, or one that begins now. */
function oneAtATime<T>(under: Map<string, Promise<T>>, key: string, work: () => Promise<T>): Promise<T> {
  const known = under.get(key);
  if (known !== undefined) return known;
  const attempt = inTurn(work).finally(() => under.delete(key));
  under.set(key, attempt);
  return attempt;
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (busy >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else busy++;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) busy--;
    else next();
  }
}

/**
 * What `attempt` brings, or `late` when it takes too long. Slices are counted, as a timer that is due is called before the
 * answers that came while the process was busy with something else, or did not run.
 */
function withinLimit<T>(attempt: Promise<T>, late: T): Promise<T> {
  return new Promise((resolve) => {
    let slices = LIMIT_MS / SLICE_MS;
    const waiting = setInterval(() => {
      slices -= 1;
      if (slices === 0) settle(late);
    }, SLICE_MS);
    const settle = (outcome: T): void => {
      clearInterval(waiting);
      resolve(outcome);
    };
    void attempt.then(settle);
  });
}

async function read(path: string, maxBytes: number): Promise<LocalFile> {
  // How people say "none" (`UserKnownHostsFile /dev/null`).
  if (path === devNull) return { kind: 'read', bytes: Buffer.alloc(0) };
  let handle: FileHandle | null = null;
  try {
    // To open a device may already do something, so it is looked at first.
    if (!(await stat(path)).isFile()) return unusable('it is not a regular file');
    // Without it, opening a pipe that took the file's place would wait for a writer. (Node opens with O_CLOEXEC.)
    handle = await open(path, constants.O_RDONLY | NO_WAIT);
    const { size, ...stats } = await handle.stat();
    if (!isRegular(stats.mode)) return unusable('it is not a regular file');
    if (size > maxBytes) return unusable(`it is larger than ${maxBytes} bytes`);
    return await contents(handle, maxBytes);
  } catch (error) {
    const code = errorCode(error);
    return code === 'ENOENT' || code === 'ENOTDIR' ? { kind: 'missing' } : unusable(fileWords(error));
  } finally {
    await handle?.close().catch(() => undefined);
  }
}

/** The size a file states may be wrong (`/proc`), or old by now. */
async function contents(handle: FileHandle, maxBytes: number): Promise<LocalFile> {
  const chunks: Buffer[] = [];
  for (let total = 0; total <= maxBytes;) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(CHUNK), 0, CHUNK);
    if (bytesRead === 0) return { kind: 'read', bytes: Buffer.concat(chunks) };
    chunks.push(buffer.subarray(0, bytesRead));
    total += bytesRead;
  }
  return unusable(`it is larger than ${maxBytes} bytes`);
}

/** Opens without waiting for the other end of a pipe. Windows has no such flag, whatever its type says. */
export const NO_WAIT = (constants as Partial<typeof constants>).O_NONBLOCK ?? 0;

const isRegular = (mode: number): boolean => (mode & constants.S_IFMT) === constants.S_IFREG;
/** A file that is there and of no use. @param reason in words */
export const unusable = (reason: string): Unusable => ({ kind: 'unusable', reason, silent: false });
const SILENT: Unusable = {
  kind: 'unusable',
  reason: `its disk did not answer within ${LIMIT_MS / 1000} s`,
  silent: true,
};
