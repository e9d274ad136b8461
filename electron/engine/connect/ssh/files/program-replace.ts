import { posix } from 'node:path';
import type { Sha256 } from '../../../../../shared/base/names';
import { fail, ok, type Fault, type Result } from '../../../../../shared/base/result';
import type { FileStat } from '../../connection';
import { faultAt } from '../../common/faults';
import {
  LARGEST_CONFIG,
  cannotKeepOwner,
  confirmWritten,
  fileChanged,
  noSuchFile,
  sha256Of,
} from '../../common/files';
import { cleanUpTime } from '../../common/limits';
import { newFile, removal, rename } from '../commands/files';
import { freshFolder } from './fresh-folder';
import type { Identity } from '../machine/identity';
import type { Machine } from '../machine/machine';
import type { ProgramFiles } from './program-files';
import { keepContext } from './selinux';

/** Where the new file is made, beside the old: closed to all others, so that no name in it leads elsewhere. */
const WORK_FOLDER = '.kanilink-work';
/** The new file in it, until it takes the place of the old. */
const NEW_FILE = 'new';

/**
 * Replaces a file by programs, by the same steps as over SFTP (`replace-file.ts`): the new file is made in a folder nobody
 * else may enter, goes down to the disk, gets owner, mode and SELinux context of the old, is read back and renamed over it.
 * @param who root only where the folder is root's, else its owner (`whose.ts`).
 */
export async function replaceByPrograms(
  machine: Machine,
  who: Identity,
  files: ProgramFiles,
  path: string,
  bytes: Uint8Array,
  expect: Sha256,
  signal: AbortSignal,
): Promise<Result<Sha256>> {
  const resolved = await machine.as(who, ['readlink', '-e', '--', path], signal);
  if (!resolved.ok) return resolved;
  const target = resolved.value.stdout.replace(/\n$/, '');
  if (resolved.value.exitCode !== 0 || !target.startsWith('/')) return fail(noSuchFile(machine.where, path));
  const replacing = new Replacing(machine, who, files, target, bytes, expect);
  const old = await replacing.expected(signal);
  if (!old.ok) return old;
  const folder = await freshFolder(machine, who, posix.join(posix.dirname(target), WORK_FOLDER), signal);
  if (!folder.ok) return folder;
  const replaced = await replacing.install(folder.value.path, old.value, signal);
  if (!replaced.ok) return replacing.clearUp(folder.value.path, replaced.error);
  const left = await files.done(target, removal(folder.value.path), signal);
  if (!left.ok) return replacing.clearUp(folder.value.path, left.error);
  const found = await files.read(target, LARGEST_CONFIG, signal);
  return !found.ok && found.error.code === 'connection-lost'
    ? replacing.clearUp(folder.value.path, found.error)
    : confirmWritten(machine.where, path, sha256Of(bytes), found);
}

class Replacing {
  private readonly wanted: Sha256;

  constructor(
    private readonly machine: Machine,
    private readonly who: Identity,
    private readonly files: ProgramFiles,
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
      : fail(fileChanged(this.machine.where, this.target, this.expect, sha256));
  }

  async install(folder: string, old: FileStat, signal: AbortSignal): Promise<Result<void>> {
    const { machine, who, files, target } = this;
    const beside = posix.join(folder, NEW_FILE);
    const made = await files.done(target, newFile(beside), signal, this.bytes);
    if (!made.ok) return made;
    // Owner before mode, for giving a file away takes bits from its mode.
    for (const program of ['chown', 'chmod']) {
      const given = await machine.as(who, [program, `--reference=${target}`, '--', beside], signal);
      if (!given.ok) return given;
      if (given.value.exitCode !== 0)
        return fail(cannotKeepOwner(machine.where, target, old, given.value.stderr.trim()));
    }
    const keep = keepContext(machine.where, (argv, limit) => machine.as(who, argv, limit));
    const labelled = await keep(target, beside, signal);
    if (!labelled.ok) return labelled;
    // A connection that broke off leaves a shorter file.
    const written = await files.read(beside, LARGEST_CONFIG, signal);
    if (!written.ok) return written;
    if (written.value.sha256 !== this.wanted) return fail(this.notWritten(beside, written.value.sha256));
    const { uid, gid, mode } = written.value.stat;
    if (uid !== old.uid || gid !== old.gid || mode !== old.mode)
      return fail(
        cannotKeepOwner(machine.where, target, old, `it got ${uid}:${gid} mode 0${mode.toString(8)}`),
      );
    const still = await this.expected(signal);
    return still.ok ? files.done(target, rename(beside, target), signal) : still;
  }

  /** Removes the folder. When the new bytes are in place all the same, it worked: mv may have been quicker than the limit. */
  async clearUp(folder: string, fault: Fault): Promise<Result<Sha256>> {
    const signal = cleanUpTime();
    const removed = await this.files.done(this.target, removal(folder), signal);
    const found = await this.files.read(this.target, LARGEST_CONFIG, signal);
    if (found.ok && found.value.sha256 === this.wanted) return ok(this.wanted);
    const note = `Perhaps left behind: ${folder}`;
    return fail(removed.ok ? fault : { ...fault, detail: fault.detail ? `${fault.detail}\n${note}` : note });
  }

  private notWritten(beside: string, found: Sha256): Fault {
    return faultAt(
      this.machine.where,
      'read-back-differs',
      `the new ${this.target} reads back with other bytes; nothing was replaced`,
      'Look at the disk of the server, then try again.',
      { file: beside, detail: `written sha256 ${this.wanted}\nfound   sha256 ${found}` },
    );
  }
}
