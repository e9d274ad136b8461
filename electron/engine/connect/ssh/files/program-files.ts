import { fail, ok, type Fault, type Result } from '../../../../../shared/base/result';
import type { FileContent, FileStat, Output } from '../../connection';
import { type ServerPlace, faultAt } from '../../common/faults';
import { diskFull, noSuchFile, notAFile, sha256Of, tooLarge } from '../../common/files';
import { contentOf, isLink, isThere, lookAt, newFile, newFolder, removal } from '../commands/files';
import type { ServerFiles } from './files';
import type { Identity } from '../machine/identity';
import type { Machine } from '../machine/machine';
import { replaceByPrograms } from './program-replace';

/** Reads what {@link lookAt} prints; null: nothing of the kind. */
export function readLook(text: string): FileStat | null {
  const [mode, size, uid, gid, modified] = text.trim().split(':');
  const bits = Number.parseInt(mode ?? '', 16);
  if (!Number.isInteger(bits) || modified === undefined) return null;
  return {
    kind: (bits & 0o170000) === 0o100000 ? 'file' : (bits & 0o170000) === 0o040000 ? 'folder' : 'other',
    size: Number(size),
    mode: bits & 0o7777,
    uid: Number(uid),
    gid: Number(gid),
    modifiedAt: Number(modified) * 1000,
  };
}

/** What only programs do safely: neither follows a symlink. */
export interface FolderWork {
  /** Fails with `file-exists` when something is there, be it a dangling symlink. */
  makeFolder(path: string, mode: number, signal: AbortSignal): Promise<Result<void>>;
  /** With everything in it; symlinks inside are removed, never followed. */
  removeFolder(path: string, signal: AbortSignal): Promise<Result<void>>;
}

/** Files by coreutils, each of them run by the one who is to do it: root by sudo, or the owner of a folder. SFTP has neither. */
export function programFiles(machine: Machine, who: Identity): ServerFiles & FolderWork {
  const { where } = machine;
  const files = new ProgramFiles(machine, who);
  return {
    stat: (path, signal) => files.stat(path, signal),
    read: (path, maxBytes, signal) => files.read(path, maxBytes, signal),
    replace: (path, bytes, expect, signal) =>
      replaceByPrograms(machine, who, files, path, bytes, expect, signal),
    create: (path, bytes, signal) => files.done(path, newFile(path), signal, bytes),
    makeFolder: async (path, mode, signal) => {
      const there = await files.there(path, signal);
      if (!there.ok) return there;
      if (there.value) return fail(fileExists(where, path));
      return files.done(path, newFolder(path, mode), signal);
    },
    removeFolder: (path, signal) => files.done(path, removal(path), signal),
    freeSpace: async (path, signal) => {
      const told = await machine.as(who, ['df', '-B', '1', '--output=avail', '--', path], signal);
      if (!told.ok) return told;
      const bytes = Number(told.value.stdout.trim().split('\n').at(-1));
      return ok(told.value.exitCode === 0 && Number.isFinite(bytes) ? bytes : null);
    },
  };
}

/** What programs of the machine say of its files and do to them, as one of its users. */
export class ProgramFiles {
  constructor(
    private readonly machine: Machine,
    private readonly who: Identity,
  ) {}

  async stat(path: string, signal: AbortSignal): Promise<Result<FileStat | null>> {
    const argv = lookAt(path);
    const told = await this.machine.as(this.who, argv, signal);
    if (!told.ok) return told;
    const stat = told.value.exitCode === 0 ? readLook(told.value.stdout) : null;
    if (stat !== null) return ok(stat);
    const there = await this.there(path, signal);
    if (!there.ok) return there;
    return there.value ? fail(this.failed(path, argv, told.value)) : ok(null);
  }

  /** Words that depend on the locale are not read: whether it is there is asked in another way. */
  async there(path: string, signal: AbortSignal): Promise<Result<boolean>> {
    for (const question of [isThere, isLink]) {
      const there = await this.machine.as(this.who, question(path), signal);
      if (!there.ok) return there;
      if (there.value.exitCode !== 1) return ok(true);
    }
    return ok(false);
  }

  async read(path: string, maxBytes: number, signal: AbortSignal): Promise<Result<FileContent>> {
    const { where } = this.machine;
    const stat = await this.stat(path, signal);
    if (!stat.ok) return stat;
    if (stat.value === null) return fail(noSuchFile(where, path));
    // Opening a pipe would wait for a writer.
    if (stat.value.kind !== 'file') return fail(notAFile(where, path));
    if (stat.value.size > maxBytes) return fail(tooLarge(where, path, maxBytes));
    const read = await this.machine.rawAs(this.who, contentOf(path), signal, { maxBytes });
    if (!read.ok) return read;
    if (read.value.cut) return fail(tooLarge(where, path, maxBytes));
    if (read.value.exitCode !== 0)
      return fail(
        this.failed(path, ['cat'], { ...read.value, stdout: '', stderr: read.value.stderr.toString('utf8') }),
      );
    return ok({ bytes: read.value.stdout, sha256: sha256Of(read.value.stdout), stat: stat.value });
  }

  /** A program whose success is all it has to say. */
  async done(
    path: string,
    argv: readonly string[],
    signal: AbortSignal,
    input?: Uint8Array,
  ): Promise<Result<void>> {
    const output = await this.machine.as(this.who, argv, signal, input === undefined ? {} : { input });
    if (!output.ok) return output;
    return output.value.exitCode === 0 ? ok(undefined) : fail(this.failed(path, argv, output.value));
  }

  private failed(path: string, argv: readonly string[], output: Output): Fault {
    // In the words of the C locale, which sudo's programs mostly have; in another one it is the fault below.
    if (/No space left on device|Disk quota exceeded/.test(output.stderr))
      return diskFull(this.machine.where, path, output.stderr.trim());
    const who = this.who.name ?? `uid ${this.who.uid}`;
    return faultAt(
      this.machine.where,
      'file-operation-failed',
      `${argv[0] ?? ''}, run as ${who}, failed with exit code ${output.exitCode ?? 'none'}`,
      'Look at the disk (full, read-only?), at the folder on the server and at whose it is.',
      { file: path, detail: output.stderr.trim() },
    );
  }
}

const fileExists = (where: ServerPlace, path: string): Fault =>
  faultAt(where, 'file-exists', `${path} is already there`, 'Move it away or choose another name.', {
    file: path,
  });
