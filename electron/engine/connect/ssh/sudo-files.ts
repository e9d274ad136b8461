import { posix } from 'node:path';
import { fail, ok, type Fault, type Result } from '../../../../shared/result';
import type { FileContent, FileStat, Output } from '../connection';
import { type At, faultAt } from './faults';
import { diskFull, noSuchFile, notAFile, type ServerFiles, sha256Of, tooLarge } from './files';
import { LOOK, removal } from './fresh-folder';
import type { Machine } from './machine';
import { newFile, replaceAsRoot, type RootsFiles } from './sudo-replace';

/** Files with root's rights: `sudo -n` and coreutils, for SFTP has no sudo. */
export function sudoFiles(machine: Machine): ServerFiles {
  const { at } = machine;
  const files = new SudoFiles(machine);
  return {
    stat: (path, signal) => files.stat(path, signal),
    read: (path, maxBytes, signal) => files.read(path, maxBytes, signal),
    replace: (path, bytes, expect, signal) => replaceAsRoot(machine, files, path, bytes, expect, signal),
    create: (path, bytes, signal) => files.done(path, newFile(path), signal, bytes),
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
    removeFolder: (path, signal) => files.done(path, removal(path), signal),
    freeSpace: async (path, signal) => {
      const told = await machine.runAsRoot(['df', '-B', '1', '--output=avail', '--', path], signal);
      if (!told.ok) return told;
      const bytes = Number(told.value.stdout.trim().split('\n').at(-1));
      return ok(told.value.exitCode === 0 && Number.isFinite(bytes) ? bytes : null);
    },
  };
}

class SudoFiles implements RootsFiles {
  constructor(private readonly machine: Machine) {}

  async stat(path: string, signal: AbortSignal): Promise<Result<FileStat | null>> {
    const argv = [...LOOK, path];
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
    const read = await this.machine.rawAsRoot(['cat', '--', path], signal, { maxBytes });
    if (!read.ok) return read;
    if (read.value.cut) return fail(tooLarge(at, path, maxBytes));
    if (read.value.exitCode !== 0)
      return fail(
        this.failed(path, ['cat'], { ...read.value, stdout: '', stderr: read.value.stderr.toString('utf8') }),
      );
    return ok({ bytes: read.value.stdout, sha256: sha256Of(read.value.stdout), stat: stat.value });
  }

  async done(
    path: string,
    argv: readonly string[],
    signal: AbortSignal,
    input?: Uint8Array,
  ): Promise<Result<void>> {
    const output = await this.machine.runAsRoot(argv, signal, input === undefined ? {} : { input });
    if (!output.ok) return output;
    return output.value.exitCode === 0 ? ok(undefined) : fail(this.failed(path, argv, output.value));
  }

  private failed(path: string, argv: readonly string[], output: Output): Fault {
    // In the words of the C locale, which sudo's programs mostly have; in another one it is the fault below.
    if (/No space left on device|Disk quota exceeded/.test(output.stderr))
      return diskFull(this.machine.at, path, output.stderr.trim());
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
