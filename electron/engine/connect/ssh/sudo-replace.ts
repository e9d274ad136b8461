import { posix } from 'node:path';
import type { Sha256 } from '../../../../shared/names';
import { fail, ok, type Fault, type Result } from '../../../../shared/result';
import type { FileContent, FileStat } from '../connection';
import { faultAt } from './faults';
import { cannotKeepOwner, confirmWritten, fileChanged, noSuchFile, sha256Of } from './files';
import { freshFolder, removal } from './fresh-folder';
import type { Machine } from './machine';
import { LARGEST_CONFIG } from './replace-file';
import { keepContext } from './selinux';

const CLEAN_UP_MS = 5_000;

/** Where sudo works, beside the file it is about: root's own and closed, so that no name in it leads elsewhere. */
export const WORK_FOLDER = '.kanilink-sudo';
export const workFolder = (path: string): string => posix.join(posix.dirname(path), WORK_FOLDER);
/** The new file in it, until it takes the place of the old. */
export const NEW_FILE = 'new';

/** What replacing needs of root's files. */
export interface RootsFiles {
  stat(path: string, signal: AbortSignal): Promise<Result<FileStat | null>>;
  read(path: string, maxBytes: number, signal: AbortSignal): Promise<Result<FileContent>>;
  /** A program whose success is all it has to say. */
  done(path: string, argv: readonly string[], signal: AbortSignal, input?: Uint8Array): Promise<Result<void>>;
}

/**
 * Makes a file of what comes through stdin, so that no file of the user's is read with root's rights, and takes it down to
 * the disk. What is there already, be it a link, is not written over. Made in a folder that only root may enter.
 */
export const newFile = (path: string): readonly string[] => [
  ...['dd', 'bs=64k', `of=${path}`, 'conv=excl,fsync', 'status=none'],
];

/**
 * Replaces a file with root's rights, by the same steps as over SFTP (`replace-file.ts`), each a program of its own: the
 * new file is made in a folder nobody else may enter, goes down to the disk, gets owner, mode and SELinux context of the
 * old, is read back and renamed over it. No argument holds anything but paths that are the same each time, so that
 * sudoers can name every command (`sudoers-lines.ts`).
 */
export async function replaceAsRoot(
  machine: Machine,
  files: RootsFiles,
  path: string,
  bytes: Uint8Array,
  expect: Sha256,
  signal: AbortSignal,
): Promise<Result<Sha256>> {
  const resolved = await machine.runAsRoot(['readlink', '-e', '--', path], signal);
  if (!resolved.ok) return resolved;
  const target = resolved.value.stdout.replace(/\n$/, '');
  if (resolved.value.exitCode !== 0 || !target.startsWith('/')) return fail(noSuchFile(machine.at, path));
  const replacing = new Replacing(machine, files, target, bytes, expect);
  const old = await replacing.expected(signal);
  if (!old.ok) return old;
  const folder = await freshFolder(machine, workFolder(target), 0o700, signal);
  // A folder whose making was not heard of may be there all the same.
  if (!folder.ok)
    return folder.error.code === 'connection-lost'
      ? replacing.clearUp(workFolder(target), folder.error)
      : folder;
  const replaced = await replacing.install(folder.value, old.value, signal);
  if (!replaced.ok) return replacing.clearUp(folder.value, replaced.error);
  const left = await files.done(target, removal(folder.value), signal);
  if (!left.ok) return replacing.clearUp(folder.value, left.error);
  const found = await files.read(target, LARGEST_CONFIG, signal);
  return !found.ok && found.error.code === 'connection-lost'
    ? replacing.clearUp(folder.value, found.error)
    : confirmWritten(machine.at, path, sha256Of(bytes), found);
}

class Replacing {
  private readonly wanted: Sha256;

  constructor(
    private readonly machine: Machine,
    private readonly files: RootsFiles,
    private readonly target: string,
    private readonly bytes: Uint8Array,
    private readonly expect: Sha256,
  ) {
    this.wanted = sha256Of(bytes);
  }

  async expected(signal: AbortSignal): Promise<Result<FileStat>> {
    const content = await this.files.read(this.target, LARGEST_CONFIG, signal);
    if (!content.ok) return content;
    const { sha256, stat } = content.value;
    return sha256 === this.expect
      ? ok(stat)
      : fail(fileChanged(this.machine.at, this.target, this.expect, sha256));
  }

  async install(folder: string, old: FileStat, signal: AbortSignal): Promise<Result<void>> {
    const { machine, files, target } = this;
    const beside = posix.join(folder, NEW_FILE);
    const made = await files.done(target, newFile(beside), signal, this.bytes);
    if (!made.ok) return made;
    // Owner before mode, for giving a file away takes bits from its mode.
    for (const program of ['chown', 'chmod']) {
      const given = await files.done(target, [program, `--reference=${target}`, '--', beside], signal);
      if (!given.ok) return given;
    }
    const keep = keepContext(machine.at, (argv, limit) => machine.runAsRoot(argv, limit));
    const labelled = await keep(target, beside, signal);
    if (!labelled.ok) return labelled;
    // A connection that broke off leaves a shorter file.
    const written = await files.read(beside, LARGEST_CONFIG, signal);
    if (!written.ok) return written;
    if (written.value.sha256 !== this.wanted) return fail(this.notWritten(beside, written.value.sha256));
    const { uid, gid, mode } = written.value.stat;
    if (uid !== old.uid || gid !== old.gid || mode !== old.mode)
      return fail(cannotKeepOwner(machine.at, target, old, `it got ${uid}:${gid} mode 0${mode.toString(8)}`));
    const still = await this.expected(signal);
    return still.ok ? files.done(target, ['mv', '-T', '--', beside, target], signal) : still;
  }

  /** The folder goes; when the new bytes are in place all the same, it worked: mv may have been quicker than we were. */
  async clearUp(folder: string, fault: Fault): Promise<Result<Sha256>> {
    const signal = AbortSignal.timeout(CLEAN_UP_MS);
    const removed = await this.files.done(this.target, removal(folder), signal);
    const found = await this.files.read(this.target, LARGEST_CONFIG, signal);
    if (found.ok && found.value.sha256 === this.wanted) return ok(this.wanted);
    const note = `Perhaps left behind: ${folder}`;
    return fail(removed.ok ? fault : { ...fault, detail: fault.detail ? `${fault.detail}\n${note}` : note });
  }

  private notWritten(beside: string, found: Sha256): Fault {
    return faultAt(
      this.machine.at,
      'read-back-differs',
      `the new ${this.target} reads back with other bytes; nothing was replaced`,
      'Look at the disk of the server, then try again.',
      { file: beside, detail: `written sha256 ${this.wanted}\nfound   sha256 ${found}` },
    );
  }
}
