import { ok, type Result } from '../../../../../shared/base/result';
import type { ServerPlace } from '../../common/faults';
import type { ServerFiles } from './files';
import { readFile } from './read-file';
import { replaceFile } from './replace-file';
import type { KeepContext } from './selinux';
import type { Sftp } from '../session/sftp';

/** Gives the SFTP channel of the live connection; after a loss, of a new one. */
export type SftpChannel = (signal: AbortSignal) => Promise<Result<Sftp>>;

/**
 * Files over SFTP, with the rights of the user who logged in. Folders are made and removed by programs: SFTP follows a
 * symlink that somebody put in a folder's place, and `chmod` in it does too.
 */
export function sftpFiles(where: ServerPlace, channel: SftpChannel, keep: KeepContext): ServerFiles {
  const withSftp = async <T>(
    signal: AbortSignal,
    work: (sftp: Sftp) => Promise<Result<T>>,
  ): Promise<Result<T>> => {
    const sftp = await channel(signal);
    return sftp.ok ? work(sftp.value) : sftp;
  };
  return {
    stat: (path, signal) => withSftp(signal, (sftp) => sftp.stat(path, signal)),
    read: (path, maxBytes, signal) =>
      withSftp(signal, (sftp) => readFile(sftp, where, path, maxBytes, signal)),
    replace: (path, bytes, expect, signal) => replaceFile(where, channel, keep, path, bytes, expect, signal),
    create: (path, bytes, signal) => withSftp(signal, (sftp) => createFile(sftp, path, bytes, signal)),
    freeSpace: (path, signal) =>
      withSftp(signal, async (sftp) => {
        const free = await sftp.freeSpace(path, signal);
        return !free.ok && free.error.code === 'unsupported' ? ok(null) : free;
      }),
  };
}

async function createFile(
  sftp: Sftp,
  path: string,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<Result<void>> {
  const handle = await sftp.open(path, 'wx', { mode: 0o600 }, signal);
  if (!handle.ok) return handle;
  const written = await sftp.write(handle.value, path, Buffer.from(bytes), signal);
  const closed = await sftp.close(handle.value, path, signal);
  return written.ok ? closed : written;
}
