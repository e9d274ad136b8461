import { open } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes a new file that outlives a power cut: its bytes and its name are on the disk when this returns. Throws when it is there.
 * @param mode of the file, whatever the umask; default: 0600.
 */
export async function writeDurably(path: string, bytes: Uint8Array | string, mode?: number): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    // By its handle: another may have put a link in the name's place.
    if (mode !== undefined) await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(dirname(path));
}

/** Puts a folder's names on the disk. Windows cannot open a folder and keeps its names by itself. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
