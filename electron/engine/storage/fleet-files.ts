import type { Stats } from 'node:fs';
import { type FileHandle, open, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { randomUUID } from 'node:crypto';
import { type FileOnDisk, LONGEST_TEXT } from '../../../shared/ipc';
import { type Fault, type Result, fail, ok } from '../../../shared/base/result';
import { syncFolder } from './durable';
import { fileWords, missingWords } from './file-words';
import { readLocalFile } from './local-file';
import { errorCode } from '../base/error-code';

const LARGEST_FLEET = LONGEST_TEXT;

/** Reads a fleet file. @returns a fault when it is missing, too large, or not UTF-8 text. */
export async function loadFleet(
  path: string,
): Promise<Result<{ readonly path: string; readonly text: string }>> {
  const file = resolve(path);
  const read = await readFleetText(file);
  if (read.kind === 'text') return ok({ path: file, text: read.text });
  return fail(unreadable(file, read.kind === 'gone' ? missingWords : read.why));
}

/** What lies at an absolute path, whatever it is. */
export async function readFleetText(file: string): Promise<FileOnDisk> {
  const read = await readLocalFile(file, LARGEST_FLEET);
  if (read.kind === 'missing') return { kind: 'gone' };
  if (read.kind === 'unusable') return { kind: 'unreadable', why: read.reason };
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(read.bytes);
    return { kind: 'text', text };
  } catch (error) {
    return { kind: 'unreadable', why: fileWords(error) };
  }
}

/**
 * Writes a fleet file whole: a temporary file beside it, flushed, then renamed, and the folder flushed. A file that is there
 * keeps its mode and owner; a symbolic link stays one, and what it leads to is replaced.
 * @param expect the text that must be there now; null: there must be no file. Otherwise nothing is written
 * (`fleet-changed`), so that an edit made elsewhere is never lost.
 */
export async function saveFleet(
  path: string,
  text: string,
  expect: string | null,
): Promise<Result<{ readonly path: string }>> {
  const file = resolve(path);
  let temporary: string | null = null;
  try {
    const target = await targetOf(file);
    const there = await readText(target);
    if (there !== expect && there !== text) return fail(changed(file, there === null));
    const before = there === null ? null : await stat(target);
    temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}`);
    const handle = await open(temporary, 'wx', before === null ? 0o644 : 0o600);
    try {
      await handle.writeFile(text);
      if (before !== null) await likeBefore(handle, before);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
    await syncFolder(dirname(target));
    return ok({ path: file });
  } catch (error) {
    if (temporary !== null) await rm(temporary, { force: true });
    return fail(unwritable(file, error));
  }
}

/** Where a path leads, links followed; a link to nothing leads to where that would be. */
async function targetOf(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    if (!isMissing(error)) throw error;
    const link = await readlink(file).catch(() => null);
    return link === null ? file : resolve(dirname(file), link);
  }
}

/** The owner first: changing it clears mode bits. Windows keeps neither. */
async function likeBefore(handle: FileHandle, before: Stats): Promise<void> {
  if (process.platform === 'win32') return;
  const now = await handle.stat();
  if (now.uid !== before.uid || now.gid !== before.gid) await handle.chown(before.uid, before.gid);
  await handle.chmod(before.mode & 0o777);
}

/** The text that is there; null: no file. Throws when there is one that cannot be read: it must not be overwritten. */
async function readText(file: string): Promise<string | null> {
  const read = await readLocalFile(file, LARGEST_FLEET);
  if (read.kind === 'unusable') throw new Error(read.reason);
  return read.kind === 'missing' ? null : read.bytes.toString('utf8');
}

const isMissing = (error: unknown): boolean => errorCode(error) === 'ENOENT';

const unreadable = (file: string, why: string): Fault => ({
  code: 'fleet-unreadable',
  message: `The fleet file cannot be read: ${why}.`,
  fix: 'Check the path and that the file is UTF-8 text you may read.',
  where: { file },
});

const unwritable = (file: string, error: unknown): Fault => ({
  code: 'fleet-unwritable',
  message: `The fleet file cannot be written: ${fileWords(error)}.`,
  fix: 'Choose another place, or make the folder writable; the old file is as it was.',
  where: { file },
});

const changed = (file: string, gone: boolean): Fault => ({
  code: 'fleet-changed',
  message: gone
    ? 'The fleet file is gone from the disk.'
    : 'The fleet file on disk is not the one that was opened.',
  fix: 'Open it again, or save under another name; nothing was written.',
  where: { file },
});
