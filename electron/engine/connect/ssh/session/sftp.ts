import type { InputAttributes, OpenMode, SFTPWrapper, Stats } from 'ssh2';
import { fail, ok, type Fault, type Result } from '../../../../../shared/base/result';
import type { FileStat } from '../../connection';
import { type ServerPlace, errorText, faultAt } from '../../common/faults';
import { connectionFault } from './connection-fault';
import { settle } from '../../common/limits';

/** An open file on the server. */
export type Handle = Buffer;

/**
 * SFTP calls as values. The codes of their faults: `no-such-file`, `permission-denied`, `file-exists`, `unsupported`,
 * `file-operation-failed`. (SFTP version 3 has no finer ones; a full disk is one of the last.)
 */
export class Sftp {
  constructor(
    private readonly wire: SFTPWrapper,
    private readonly where: ServerPlace,
    private readonly ended: AbortSignal,
  ) {}

  realpath = (path: string, signal: AbortSignal): Promise<Result<string>> =>
    this.ask(`resolving ${path}`, path, signal, (done) => this.wire.realpath(path, done));

  /** Null: there is nothing. Symlinks are followed. */
  async stat(path: string, signal: AbortSignal): Promise<Result<FileStat | null>> {
    const stats = await this.ask<Stats>(`looking at ${path}`, path, signal, (done) =>
      this.wire.stat(path, done),
    );
    if (stats.ok) return ok(fileStat(stats.value));
    return stats.error.code === 'no-such-file' ? ok(null) : stats;
  }

  async fstat(handle: Handle, path: string, signal: AbortSignal): Promise<Result<FileStat>> {
    const stats = await this.ask<Stats>(`looking at ${path}`, path, signal, (done) =>
      this.wire.fstat(handle, done),
    );
    return stats.ok ? ok(fileStat(stats.value)) : stats;
  }

  open = (
    path: string,
    mode: OpenMode,
    attributes: InputAttributes,
    signal: AbortSignal,
  ): Promise<Result<Handle>> =>
    this.ask(`opening ${path}`, path, signal, (done) => this.wire.open(path, mode, attributes, done));

  close = (handle: Handle, path: string, signal: AbortSignal): Promise<Result<void>> =>
    this.ask(`closing ${path}`, path, signal, (done) => this.wire.close(handle, voidly(done)));

  /** At most `length` bytes; an empty buffer is the end of the file. */
  read(
    handle: Handle,
    path: string,
    position: number,
    length: number,
    signal: AbortSignal,
  ): Promise<Result<Buffer>> {
    const buffer = Buffer.alloc(length);
    return this.ask(`reading ${path}`, path, signal, (done) =>
      this.wire.read(handle, buffer, 0, length, position, (error, count) => {
        if (error instanceof Error && 'code' in error && error.code === EOF)
          done(undefined, buffer.subarray(0, 0));
        else done(error, buffer.subarray(0, count));
      }),
    );
  }

  /** All the bytes, however many packets it takes. */
  write = (handle: Handle, path: string, bytes: Buffer, signal: AbortSignal): Promise<Result<void>> =>
    bytes.length === 0
      ? Promise.resolve(ok(undefined))
      : this.ask(`writing ${path}`, path, signal, (done) =>
          this.wire.write(handle, bytes, 0, bytes.length, 0, voidly(done)),
        );

  fchown = (
    handle: Handle,
    path: string,
    uid: number,
    gid: number,
    signal: AbortSignal,
  ): Promise<Result<void>> =>
    this.ask(`giving ${path} to ${uid}:${gid}`, path, signal, (done) =>
      this.wire.fchown(handle, uid, gid, voidly(done)),
    );

  fchmod = (handle: Handle, path: string, mode: number, signal: AbortSignal): Promise<Result<void>> =>
    this.ask(`setting the mode of ${path}`, path, signal, (done) =>
      this.wire.fchmod(handle, mode, voidly(done)),
    );

  /** Down to the disk (`fsync@openssh.com`); `unsupported` where the server has no such request. */
  fsync = (handle: Handle, path: string, signal: AbortSignal): Promise<Result<void>> =>
    this.ask(`flushing ${path}`, path, signal, (done) =>
      this.wire.ext_openssh_fsync(handle, (error) => voidly(done)(error)),
    );

  /** Over an existing file, atomically (`posix-rename@openssh.com`; plain SFTP rename refuses an existing target). */
  rename = (from: string, to: string, signal: AbortSignal): Promise<Result<void>> =>
    this.ask(`putting ${to} in place`, to, signal, (done) =>
      this.wire.ext_openssh_rename(from, to, voidly(done)),
    );

  unlink = (path: string, signal: AbortSignal): Promise<Result<void>> =>
    this.ask(`removing ${path}`, path, signal, (done) => this.wire.unlink(path, voidly(done)));

  /** Bytes free for an ordinary user (`statvfs@openssh.com`). */
  freeSpace = (path: string, signal: AbortSignal): Promise<Result<number>> =>
    this.ask<number>(`measuring the free space at ${path}`, path, signal, (done) =>
      this.wire.ext_openssh_statvfs(path, (error, info: unknown) => {
        const free = freeBytes(info);
        if (error) done(error, 0);
        else if (free === null) done(new Error('The answer cannot be read'), 0);
        else done(undefined, free);
      }),
    );

  private ask<T>(
    doing: string,
    path: string,
    signal: AbortSignal,
    start: (done: (error: Error | null | undefined, value: T) => void) => void,
  ): Promise<Result<T>> {
    if (path.includes('\0'))
      return Promise.resolve(
        fail(
          faultAt(this.where, 'argument-invalid', 'a path holds a NUL byte', 'Correct the path.', {
            file: path,
          }),
        ),
      );
    return settle([signal, this.ended], (done) => {
      try {
        start((error, value) => {
          if (error) done(fail(this.fault(error, doing, path)));
          else done(ok(value));
        });
      } catch (error) {
        done(fail(this.fault(error, doing, path)));
      }
    });
  }

  private fault(error: unknown, doing: string, path: string): Fault {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    const detail = errorText(error);
    const make = (name: string, message: string, fix: string) =>
      faultAt(this.where, name, message, fix, { file: path, detail });
    if (code === NO_SUCH_FILE) return make('no-such-file', `there is no ${path}`, 'Check the path.');
    if (code === PERMISSION_DENIED)
      return make(
        'permission-denied',
        `not allowed: ${doing}`,
        'Connect as a user who may, or set `sudo = true` for this server.',
      );
    if (code === OP_UNSUPPORTED || /does not support this extended request/.test(detail))
      return make(
        'unsupported',
        `the server’s SFTP cannot do this: ${doing}`,
        'Use OpenSSH’s own SFTP server.',
      );
    if (/no response from server|channel closed|not connected|premature/i.test(detail))
      return connectionFault(this.where, error, 'connected');
    return make(
      'file-operation-failed',
      `failed: ${doing}`,
      'Look at the disk (full, read-only?) and at the folder on the server.',
    );
  }
}

const EOF = 1;
const NO_SUCH_FILE = 2;
const PERMISSION_DENIED = 3;
const OP_UNSUPPORTED = 8;

const voidly =
  (done: (error: Error | null | undefined, value: undefined) => void) =>
  (error?: Error | null): void =>
    done(error, undefined);

const fileStat = (stats: Stats): FileStat => ({
  kind: stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other',
  size: stats.size,
  mode: stats.mode & 0o7777,
  uid: stats.uid,
  gid: stats.gid,
  modifiedAt: stats.mtime * 1000,
});

function freeBytes(info: unknown): number | null {
  if (typeof info !== 'object' || info === null || !('f_bavail' in info) || !('f_frsize' in info))
    return null;
  const bytes = Number(info.f_bavail) * Number(info.f_frsize);
  return Number.isFinite(bytes) ? bytes : null;
}
