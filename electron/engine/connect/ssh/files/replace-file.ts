import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import type { Sha256 } from '../../../../../shared/base/names';
import { fail, ok, type Fault, type Result } from '../../../../../shared/base/result';
import type { FileContent, FileStat } from '../../connection';
import { type ServerPlace, faultAt } from '../../common/faults';
import {
  LARGEST_CONFIG,
  cannotKeepOwner,
  confirmWritten,
  diskFull,
  fileChanged,
  sha256Of,
} from '../../common/files';
import { cleanUpTime } from '../../common/limits';
import { readFile } from './read-file';
import type { KeepContext } from './selinux';
import type { Handle, Sftp } from '../session/sftp';
import type { SftpChannel } from './sftp-files';

/**
 * Replaces a file by a new one beside it, renamed over it: at any moment the old or the new file is there, whole
 * (`design.md`, "The seam to a server"). The new one is private until it has the owner and mode of the old, and has its SELinux context too. Whatever goes
 * wrong, the file beside it is removed; over a new connection, when the old one was lost.
 */
export async function replaceFile(
  where: ServerPlace,
  channel: SftpChannel,
  keep: KeepContext,
  path: string,
  bytes: Uint8Array,
  expect: Sha256,
  signal: AbortSignal,
): Promise<Result<Sha256>> {
  const opened = await channel(signal);
  if (!opened.ok) return opened;
  const sftp = opened.value;
  // The link stays a link: what it leads to is replaced.
  const target = await sftp.realpath(path, signal);
  if (!target.ok) return target;
  const old = await readExpected(sftp, where, target.value, expect, signal);
  if (!old.ok) return old;

  const beside = posix.join(
    posix.dirname(target.value),
    `.${posix.basename(target.value)}.kanilink-${randomBytes(6).toString('hex')}`,
  );
  const place = { beside, target: target.value, keep };
  const replaced = await writeAndRename(sftp, where, place, bytes, expect, old.value, signal);
  const wanted = sha256Of(bytes);
  if (!replaced.ok) return clearUp(where, channel, beside, target.value, wanted, replaced.error);
  return confirmWritten(where, path, wanted, await readBack(sftp, where, channel, target.value, signal));
}

/** The new file is in place; a connection lost at this very moment must not hide it. */
async function readBack(
  sftp: Sftp,
  where: ServerPlace,
  channel: SftpChannel,
  target: string,
  signal: AbortSignal,
): Promise<Result<FileContent>> {
  const found = await readFile(sftp, where, target, LARGEST_CONFIG, signal);
  if (found.ok || found.error.code !== 'connection-lost') return found;
  const again = cleanUpTime();
  const opened = await channel(again);
  return opened.ok ? readFile(opened.value, where, target, LARGEST_CONFIG, again) : found;
}

interface Place {
  readonly target: string;
  readonly beside: string;
  readonly keep: KeepContext;
}

async function writeAndRename(
  sftp: Sftp,
  where: ServerPlace,
  { beside, target, keep }: Place,
  bytes: Uint8Array,
  expect: Sha256,
  old: FileStat,
  signal: AbortSignal,
): Promise<Result<void>> {
  const handle = await sftp.open(beside, 'wx', { mode: 0o600 }, signal);
  if (!handle.ok) return handle;
  const written = await fill(sftp, where, handle.value, beside, target, bytes, old, signal);
  const closed = await sftp.close(handle.value, beside, signal);
  if (!written.ok) return written;
  if (!closed.ok) return closed;
  const labelled = await keep(target, beside, signal);
  if (!labelled.ok) return labelled;
  // Right before the rename, which cannot be made conditional: what was written to the file since then is not overwritten.
  const still = await readExpected(sftp, where, target, expect, signal);
  if (!still.ok) return still;
  const renamed = await sftp.rename(beside, target, signal);
  if (!renamed.ok && renamed.error.code === 'unsupported')
    return fail(
      faultAt(
        where,
        'cannot-replace-atomically',
        `the server’s SFTP cannot rename over ${target}; nothing was replaced`,
        'Use OpenSSH’s own SFTP server, which has posix-rename@openssh.com.',
        { file: target },
      ),
    );
  return renamed;
}

/** Bytes, owner, mode, then down to the disk. Owner before mode, for giving a file away takes bits from its mode. */
async function fill(
  sftp: Sftp,
  where: ServerPlace,
  handle: Handle,
  beside: string,
  target: string,
  bytes: Uint8Array,
  old: FileStat,
  signal: AbortSignal,
): Promise<Result<void>> {
  const written = await sftp.write(handle, beside, Buffer.from(bytes), signal);
  if (!written.ok)
    return fail(await fullOrNot(sftp, where, beside, target, bytes.length, written.error, signal));
  const fresh = await sftp.fstat(handle, beside, signal);
  if (!fresh.ok) return fresh;
  if (fresh.value.uid !== old.uid || fresh.value.gid !== old.gid) {
    const given = await sftp.fchown(handle, beside, old.uid, old.gid, signal);
    if (!given.ok) return ownerFault(where, target, old, given.error);
  }
  const permitted = await sftp.fchmod(handle, beside, old.mode, signal);
  if (!permitted.ok) return ownerFault(where, target, old, permitted.error);
  const now = await sftp.fstat(handle, beside, signal);
  if (!now.ok) return now;
  const { uid, gid, mode } = now.value;
  if (uid !== old.uid || gid !== old.gid || mode !== old.mode)
    return fail(cannotKeepOwner(where, target, old, `got    ${uid}:${gid} mode 0${mode.toString(8)}`));
  const flushed = await sftp.fsync(handle, beside, signal);
  return flushed.ok || flushed.error.code === 'unsupported' ? ok(undefined) : flushed;
}

/** SFTP has no word for a full disk: a write that failed where less is free than it is long was one. */
async function fullOrNot(
  sftp: Sftp,
  where: ServerPlace,
  beside: string,
  target: string,
  length: number,
  fault: Fault,
  signal: AbortSignal,
): Promise<Fault> {
  if (fault.code !== 'file-operation-failed') return fault;
  const free = await sftp.freeSpace(beside, signal);
  return free.ok && free.value < length ? diskFull(where, target, fault.detail ?? fault.message) : fault;
}

/** Only a refusal means the owner cannot be kept; a lost connection stays one. */
const ownerFault = (where: ServerPlace, target: string, old: FileStat, fault: Fault): Result<never> =>
  fail(
    fault.code === 'permission-denied' || fault.code === 'file-operation-failed'
      ? cannotKeepOwner(where, target, old, fault.detail ?? fault.message)
      : fault,
  );

async function readExpected(
  sftp: Sftp,
  where: ServerPlace,
  path: string,
  expect: Sha256,
  signal: AbortSignal,
): Promise<Result<FileStat>> {
  const content = await readFile(sftp, where, path, LARGEST_CONFIG, signal);
  if (!content.ok) return content;
  const { sha256, stat } = content.value;
  return sha256 === expect ? ok(stat) : fail(fileChanged(where, path, expect, sha256));
}

/**
 * Removes the file beside the target. When it is gone although the connection was lost, the rename may have happened:
 * the file on the disk tells, and if it is the new one, the replacement worked.
 */
async function clearUp(
  where: ServerPlace,
  channel: SftpChannel,
  beside: string,
  target: string,
  wanted: Sha256,
  fault: Fault,
): Promise<Result<Sha256>> {
  const signal = cleanUpTime();
  const opened = await channel(signal);
  if (!opened.ok) return fail(withNote(fault, `Perhaps left behind: ${beside}`));
  const removed = await opened.value.unlink(beside, signal);
  if (removed.ok) return fail(fault);
  if (removed.error.code !== 'no-such-file') return fail(withNote(fault, `Left behind: ${beside}`));
  const found = await readFile(opened.value, where, target, LARGEST_CONFIG, signal);
  return found.ok && found.value.sha256 === wanted ? ok(wanted) : fail(fault);
}

const withNote = (fault: Fault, note: string): Fault => ({
  ...fault,
  detail: fault.detail === undefined ? note : `${fault.detail}\n${note}`,
});
