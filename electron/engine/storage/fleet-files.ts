import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { randomUUID } from 'node:crypto';
import { type Fault, type Result, fail, ok } from '../../../shared/result';
import { fileWords } from './file-words';

const LARGEST_FLEET = 4_000_000;

/** Reads a fleet file. @returns a fault when it is missing, too large, or not UTF-8 text. */
export async function loadFleet(
  path: string,
): Promise<Result<{ readonly path: string; readonly text: string }>> {
  const file = resolve(path);
  try {
    const { size } = await stat(file);
    if (size > LARGEST_FLEET) return fail(tooLarge(file));
    const bytes = await readFile(file);
    return ok({ path: file, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) });
  } catch (error) {
    return fail(unreadable(file, error));
  }
}

/**
 * Writes a fleet file whole: a temporary file beside it, flushed, then renamed.
 * @param expect the text that must be there now; null: there must be no file. Otherwise nothing is written
 * (`fleet-changed`), so that an edit made elsewhere is never lost.
 */
export async function saveFleet(
  path: string,
  text: string,
  expect: string | null,
): Promise<Result<{ readonly path: string }>> {
  const file = resolve(path);
  const temporary = join(dirname(file), `.${basename(file)}.${randomUUID()}`);
  try {
    const there = await readText(file);
    if (there !== expect && there !== text) return fail(changed(file, there === null));
    const handle = await open(temporary, 'wx', 0o644);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    return ok({ path: file });
  } catch (error) {
    await rm(temporary, { force: true });
    return fail(unwritable(file, error));
  }
}

/** The text that is there; null: no file. Throws when there is one that cannot be read: it must not be overwritten. */
async function readText(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

const unreadable = (file: string, error: unknown): Fault => ({
  code: 'fleet-unreadable',
  message: `The fleet file cannot be read: ${fileWords(error)}.`,
  fix: 'Check the path and that the file is UTF-8 text you may read.',
  where: { file },
});

const unwritable = (file: string, error: unknown): Fault => ({
  code: 'fleet-unwritable',
  message: `The fleet file cannot be written: ${fileWords(error)}.`,
  fix: 'Choose another place, or make the folder writable; the old file is as it was.',
  where: { file },
});

const tooLarge = (file: string): Fault => ({
  code: 'fleet-too-large',
  message: 'This file is too large to be a fleet file.',
  fix: 'Choose another file.',
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
