import { createHash } from 'node:crypto';
import { type Sha256, trusted } from '../../../../shared/base/names';
import { fail, ok, type Fault, type Result } from '../../../../shared/base/result';
import { LONGEST_TOML } from '../../../../shared/toml/toml-bounds';
import type { FileContent, FileStat } from '../connection';
import { type ServerPlace, faultAt } from './faults';

/**
 * Nothing larger than this is a server.toml: no text of more than `LONGEST_TOML` characters is read, and each has at most four
 * bytes. Bytes.
 */
export const LARGEST_CONFIG = 4 * LONGEST_TOML;

/** The checksum that every write expects, lower-case hex. */
export const sha256Of = (bytes: Uint8Array): Sha256 =>
  trusted(createHash('sha256').update(bytes).digest('hex'));

/**
 * Fault `no-such-file`.
 * @param path on the server.
 */
export const noSuchFile = (where: ServerPlace, path: string): Fault =>
  faultAt(where, 'no-such-file', `there is no ${path}`, 'Check the path.', { file: path });

/**
 * Fault `disk-full`.
 * @param detail what the server said.
 */
export const diskFull = (where: ServerPlace, path: string, detail: string): Fault =>
  faultAt(where, 'disk-full', `the disk is full at ${path}`, 'Make room there, then try again.', {
    file: path,
    detail,
  });

/** Fault `file-too-large`: nothing of it was kept. */
export const tooLarge = (where: ServerPlace, path: string, maxBytes: number): Fault =>
  faultAt(
    where,
    'file-too-large',
    `${path} is larger than ${maxBytes} bytes`,
    'Check that this is the right file.',
    {
      file: path,
    },
  );

/** Fault `not-a-file`: a folder, a device, a pipe. */
export const notAFile = (where: ServerPlace, path: string): Fault =>
  faultAt(where, 'not-a-file', `${path} is not a regular file`, 'Name a file, not a folder or a device.', {
    file: path,
  });

/** The file is not the one that was read: somebody else changed it since. */
export const fileChanged = (where: ServerPlace, path: string, expect: Sha256, found: Sha256): Fault =>
  faultAt(
    where,
    'file-changed',
    `${path} was changed by somebody else since it was read; nothing was replaced`,
    'Look at the change, then make the plan again.',
    { file: path, detail: `expected sha256 ${expect}\nfound    sha256 ${found}` },
  );

/** Owner and mode of a file are kept or the file is not replaced: kanidmd may not be able to read the new one. */
export const cannotKeepOwner = (where: ServerPlace, path: string, stat: FileStat, detail: string): Fault =>
  faultAt(
    where,
    'cannot-keep-owner',
    `the new ${path} could not get the owner and mode of the old one; nothing was replaced`,
    'Connect as root or as the file’s owner, or set `sudo = true` for this server.',
    { file: path, detail: `wanted ${stat.uid}:${stat.gid} mode 0${stat.mode.toString(8)}\n${detail}` },
  );

/** Compares what is on the disk after a write with what was meant. */
export function confirmWritten(
  where: ServerPlace,
  path: string,
  wanted: Sha256,
  found: Result<FileContent>,
): Result<Sha256> {
  if (!found.ok) return found;
  if (found.value.sha256 === wanted) return ok(wanted);
  return fail(
    faultAt(
      where,
      'read-back-differs',
      `${path} was replaced, but reads back with other bytes`,
      'Somebody may have written it at the same moment: look at the file on the server.',
      { file: path, detail: `written sha256 ${wanted}\nfound   sha256 ${found.value.sha256}` },
    ),
  );
}
