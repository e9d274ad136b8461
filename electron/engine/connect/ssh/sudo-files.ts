import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import type { Sha256 } from '../../../../shared/names';
import { fail, ok, type Fault, type Result } from '../../../../shared/result';
import type { FileContent, FileStat, Output } from '../connection';
import { type At, faultAt } from './faults';
import {
  cannotKeepOwner,
  confirmWritten,
  fileChanged,
  noSuchFile,
  notAFile,
  type ServerFiles,
  sha256Of,
  tooLarge,
} from './files';
import type { Machine } from './machine';
import { LARGEST_CONFIG } from './replace-file';
import { keepContext, type KeepContext } from './selinux';

const CLEAN_UP_MS = 5_000;

/**
 * Files with root's rights: `sudo -n` and coreutils, for SFTP has no sudo. Bytes go up by SFTP into a file of our own and
 * are installed from there.
 * @param own our own files, in which the bytes are staged.
 */
export function sudoFiles(machine: Machine, own: ServerFiles): ServerFiles {
  const { at } = machine;
  const files = new SudoFiles(machine, own);
  return {
    stat: (path, signal) => files.stat(path, signal),
    read: (path, maxBytes, signal) => files.read(path, maxBytes, signal),
    replace: (path, bytes, expect, signal) => files.replace(path, bytes, expect, signal),
    create: (path, bytes, signal) =>
      files.staged(bytes, signal, (staged) =>
        files.done(path, ['install', '-m', '0600', '--', staged, path], signal),
      ),
    makeFolder: async (path, mode, signal) => {
      const there = await files.stat(path, signal);
      if (!there.ok) return there;
      if (there.value !== null) return fail(fileExists(at, path));
      const made = await files.done(path, ['mkdir', '-m', octal(mode), '--', path], signal);
      // kanidmd runs as its own user and writes its backups there itself.
      return made.ok
        ? files.done(path, ['chown', `--reference=${posix.dirname(path)}`, '--', path], signal)
        : made;
    },
    remove: (path, signal) => files.done(path, ['rm', '-f', '--', path], signal),
    removeFolder: (path, signal) => files.done(path, ['rm', '-rf', '--one-file-system', '--', path], signal),
    freeSpace: async (path, signal) => {
      const told = await machine.runAsRoot(['df', '-B', '1', '--output=avail', '--', path], signal);
      if (!told.ok) return told;
      const bytes = Number(told.value.stdout.trim().split('\n').at(-1));
      return ok(told.value.exitCode === 0 && Number.isFinite(bytes) ? bytes : null);
    },
  };
}

class SudoFiles {
  private readonly keep: KeepContext;

  constructor(
    private readonly machine: Machine,
    private readonly own: ServerFiles,
  ) {
    this.keep = keepContext(machine.at, (argv, signal) => machine.runAsRoot(argv, signal));
  }

  async stat(path: string, signal: AbortSignal): Promise<Result<FileStat | null>> {
    // Without blanks, so that a line in sudoers can say exactly this.
    const argv = ['stat', '-L', '-c', '%f:%s:%u:%g:%Y', '--', path];
    const told = await this.machine.runAsRoot(argv, signal);
    if (!told.ok) return told;
    const [mode, size, uid, gid, modified] = told.value.stdout.trim().split(':');
    if (told.value.exitCode === 0 && mode !== undefined) {
      const bits = Number.parseInt(mode, 16);
      return ok({
        kind: (bits & 0o170000) === 0o100000 ? 'file' : (bits & 0o170000) === 0o040000 ? 'folder' : 'other',
        size: Number(size),
        mode: bits & 0o7777,
        uid: Number(uid),
        gid: Number(gid),
        modifiedAt: Number(modified) * 1000,
      });
    }
    // Words that depend on the locale are not read: whether it is there is asked in another way.
    const there = await this.machine.runAsRoot(['test', '-e', path], signal);
    if (!there.ok) return there;
    return there.value.exitCode === 1 ? ok(null) : fail(this.failed(path, argv, told.value));
  }

  async read(path: string, maxBytes: number, signal: AbortSignal): Promise<Result<FileContent>> {
    const { at } = this.machine;
    const stat = await this.stat(path, signal);
    if (!stat.ok) return stat;
    if (stat.value === null) return fail(noSuchFile(at, path));
    if (stat.value.kind !== 'file') return fail(notAFile(at, path));
    if (stat.value.size > maxBytes) return fail(tooLarge(at, path, maxBytes));
    const read = await this.machine.rawAsRoot(['cat', '--', path], signal, maxBytes);
    if (!read.ok) return read;
    if (read.value.cut) return fail(tooLarge(at, path, maxBytes));
    if (read.value.exitCode !== 0)
      return fail(
        this.failed(path, ['cat'], { ...read.value, stdout: '', stderr: read.value.stderr.toString('utf8') }),
      );
    return ok({ bytes: read.value.stdout, sha256: sha256Of(read.value.stdout), stat: stat.value });
  }

  /** The same steps as over SFTP (`replace-file.ts`), each by a program of its own. */
  async replace(
    path: string,
    bytes: Uint8Array,
    expect: Sha256,
    signal: AbortSignal,
  ): Promise<Result<Sha256>> {
    const { at } = this.machine;
    const resolved = await this.machine.runAsRoot(['readlink', '-e', '--', path], signal);
    if (!resolved.ok) return resolved;
    const target = resolved.value.stdout.replace(/\n$/, '');
    if (resolved.value.exitCode !== 0 || !target.startsWith('/')) return fail(noSuchFile(at, path));
    const old = await this.expected(target, expect, signal);
    if (!old.ok) return old;
    const beside = posix.join(
      posix.dirname(target),
      `.${posix.basename(target)}.kanilink-${randomBytes(6).toString('hex')}`,
    );
    const wanted = sha256Of(bytes);
    const replaced = await this.staged(bytes, signal, (staged) =>
      this.install(staged, beside, target, expect, old.value, signal),
    );
    if (!replaced.ok) return this.clearUp(beside, target, wanted, replaced.error);
    const found = await this.read(target, LARGEST_CONFIG, signal);
    return !found.ok && found.error.code === 'connection-lost'
      ? this.clearUp(beside, target, wanted, found.error)
      : confirmWritten(at, path, wanted, found);
  }

  /** Puts bytes where the user who logged in can, for the length of `work`: 0600, in the home folder or /tmp. */
  async staged(
    bytes: Uint8Array,
    signal: AbortSignal,
    work: (path: string) => Promise<Result<void>>,
  ): Promise<Result<void>> {
    const name = `.kanilink-${randomBytes(12).toString('hex')}`;
    let fault: Fault | null = null;
    // SFTP starts in the home folder; an account without one starts at the root.
    for (const path of [name, `/tmp/${name}`]) {
      const made = await this.own.create(path, bytes, signal);
      if (!made.ok) {
        fault = made.error;
        continue;
      }
      const home = path === name ? await this.machine.run(['readlink', '-e', '--', name], signal) : null;
      const absolute = home === null ? ok(path) : home.ok ? ok(home.value.stdout.replace(/\n$/, '')) : home;
      const result = absolute.ok ? await work(absolute.value) : absolute;
      const removed = await this.own.remove(path, AbortSignal.timeout(CLEAN_UP_MS));
      return result.ok && !removed.ok ? removed : result;
    }
    return fail(fault ?? fileExists(this.machine.at, name));
  }

  async done(path: string, argv: readonly string[], signal: AbortSignal): Promise<Result<void>> {
    const output = await this.machine.runAsRoot(argv, signal);
    if (!output.ok) return output;
    return output.value.exitCode === 0 ? ok(undefined) : fail(this.failed(path, argv, output.value));
  }

  private async install(
    staged: string,
    beside: string,
    target: string,
    expect: Sha256,
    old: FileStat,
    signal: AbortSignal,
  ): Promise<Result<void>> {
    const { at } = this.machine;
    // install makes the file private first, then gives it owner and mode (coreutils).
    const owner = ['-o', String(old.uid), '-g', String(old.gid)];
    const made = await this.done(
      target,
      ['install', '-m', octal(old.mode), ...owner, '--', staged, beside],
      signal,
    );
    if (!made.ok) return made;
    const now = await this.stat(beside, signal);
    if (!now.ok) return now;
    if (
      now.value === null ||
      now.value.uid !== old.uid ||
      now.value.gid !== old.gid ||
      now.value.mode !== old.mode
    )
      return fail(cannotKeepOwner(at, target, old, 'install gave it another owner or mode'));
    const labelled = await this.keep(target, beside, signal);
    if (!labelled.ok) return labelled;
    const flushed = await this.done(target, ['sync', '--', beside], signal);
    if (!flushed.ok) return flushed;
    const still = await this.expected(target, expect, signal);
    return still.ok ? this.done(target, ['mv', '-T', '--', beside, target], signal) : still;
  }

  private async expected(path: string, expect: Sha256, signal: AbortSignal): Promise<Result<FileStat>> {
    const content = await this.read(path, LARGEST_CONFIG, signal);
    if (!content.ok) return content;
    const { sha256, stat } = content.value;
    return sha256 === expect ? ok(stat) : fail(fileChanged(this.machine.at, path, expect, sha256));
  }

  /** As over SFTP: what is beside goes; when it is gone already and the new bytes are in place, it worked. */
  private async clearUp(
    beside: string,
    target: string,
    wanted: Sha256,
    fault: Fault,
  ): Promise<Result<Sha256>> {
    const signal = AbortSignal.timeout(CLEAN_UP_MS);
    const removed = await this.done(target, ['rm', '-f', '--', beside], signal);
    // mv may have been quicker than we were.
    const found = await this.read(target, LARGEST_CONFIG, signal);
    if (found.ok && found.value.sha256 === wanted) return ok(wanted);
    const note = `Perhaps left behind: ${beside}`;
    return fail(removed.ok ? fault : { ...fault, detail: fault.detail ? `${fault.detail}\n${note}` : note });
  }

  private failed(path: string, argv: readonly string[], output: Output): Fault {
    return faultAt(
      this.machine.at,
      'file-operation-failed',
      `sudo ${argv[0] ?? ''} failed with exit code ${output.exitCode ?? 'none'}`,
      'Look at the disk (full, read-only?) and at the folder on the server.',
      { file: path, detail: output.stderr.trim() },
    );
  }
}

const octal = (mode: number): string => `0${mode.toString(8)}`;
const fileExists = (at: At, path: string): Fault =>
  faultAt(at, 'file-exists', `${path} is already there`, 'Move it away or choose another name.', {
    file: path,
  });
