import { link, lstat, rename, unlink } from 'node:fs/promises';
import { STATUS } from './packets';

/**
 * Renames as SFTP version 3's RENAME does on OpenSSH: an existing target is a failure, never replaced. A file is linked under its
 * new name first, so that nobody's file is lost in between.
 *
 * @returns the SFTP status.
 */
export async function renamePlainly(from: string, to: string): Promise<number> {
  const exists = await lstat(to).then(
    () => true,
    () => false,
  );
  if (exists) return STATUS.FAILURE;
  if ((await lstat(from)).isFile()) {
    await link(from, to);
    await unlink(from);
  } else {
    await rename(from, to);
  }
  return STATUS.OK;
}
