import { posix } from 'node:path';
import { fail, ok, type Result } from '../../../../shared/result';
import { type At, faultAt } from './faults';
import type { ServerFiles } from './files';
import { readFile } from './read-file';
import { replaceFile } from './replace-file';
import type { KeepContext } from './selinux';
import type { Sftp } from './sftp';

/** Gives the SFTP channel of the live connection; after a loss, of a new one. */
export type SftpChannel = (signal: AbortSignal) => Promise<Result<Sftp>>;

/** Files over SFTP, with the rights of the user who logged in. */
export function sftpFiles(at: At, channel: SftpChannel, keep: KeepContext): ServerFiles {
  const withSftp = async <T>(
    signal: AbortSignal,
    work: (sftp: Sftp) => Promise<Result<T>>,
  ): Promise<Result<T>> => {
    const sftp = await channel(signal);
    return sftp.ok ? work(sftp.value) : sftp;
  };
  return {
    stat: (path, signal) => withSftp(signal, (sftp) => sftp.stat(path, signal)),
    read: (path, maxBytes, signal) => withSftp(signal, (sftp) => readFile(sftp, at, path, maxBytes, signal)),
    replace: (path, bytes, expect, signal) => replaceFile(at, channel, keep, path, bytes, expect, signal),
    create: (path, bytes, signal) => withSftp(signal, (sftp) => createFile(sftp, path, bytes, signal)),
    makeFolder: (path, mode, signal) => withSftp(signal, (sftp) => makeFolder(sftp, at, path, mode, signal)),
    remove: (path, signal) =>
      withSftp(signal, async (sftp) => unlessMissing(await sftp.unlink(path, signal))),
    removeFolder: (path, signal) => withSftp(signal, (sftp) => removeFolder(sftp, path, signal)),
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

/**
 * The new folder belongs to the owner of the one it is in, as far as we may give it away: kanidmd runs as its own user
 * and writes its backups there itself (`kanidm.md`, `scripting backup`).
 */
async function makeFolder(
  sftp: Sftp,
  at: At,
  path: string,
  mode: number,
  signal: AbortSignal,
): Promise<Result<void>> {
  const made = await sftp.mkdir(path, mode, signal);
  if (!made.ok) {
    const there = await sftp.stat(path, signal);
    if (!there.ok || there.value === null) return made;
    return fail(
      faultAt(at, 'file-exists', `${path} is already there`, 'Move it away or choose another name.', {
        file: path,
      }),
    );
  }
  const parent = await sftp.stat(posix.dirname(path), signal);
  const own = await sftp.stat(path, signal);
  if (!parent.ok) return parent;
  if (!own.ok) return own;
  if (parent.value !== null && own.value !== null) {
    const { uid, gid } = parent.value;
    if (own.value.uid !== uid || own.value.gid !== gid) {
      const given = await sftp.chown(path, uid, gid, signal);
      if (!given.ok && given.error.code !== 'permission-denied') return given;
    }
    // The server's umask may have taken bits away, and a change of owner may too.
    if (own.value.mode !== mode) return sftp.chmod(path, mode, signal);
  }
  return ok(undefined);
}

async function removeFolder(sftp: Sftp, path: string, signal: AbortSignal): Promise<Result<void>> {
  const entries = await sftp.list(path, signal);
  if (!entries.ok) return unlessMissing(entries);
  for (const { name, folder } of entries.value) {
    const inside = posix.join(path, name);
    const removed = await (folder ? removeFolder(sftp, inside, signal) : sftp.unlink(inside, signal));
    const settled = unlessMissing(removed);
    if (!settled.ok) return settled;
  }
  return unlessMissing(await sftp.rmdir(path, signal));
}

/** What is not there needs no removing. */
const unlessMissing = (result: Result<unknown>): Result<void> =>
  result.ok || result.error.code === 'no-such-file' ? ok(undefined) : result;
