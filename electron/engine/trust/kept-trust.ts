import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Fault } from '../../../shared/base/result';
import { serverUse, type ServerUse } from '../../../shared/fleet/model/trust';
import { fileWords } from '../storage/file-words';

/** More files than these are not remembered: those trusted longest ago are asked about again. */
const MOST_FILES = 200;
/** A larger one is not kept, so its file is asked about at every start. */
const LARGEST = 1_000_000;

/** The SHA-256 of files by their absolute paths; null: it was not there, or could not be read. */
export type Contents = Readonly<Record<string, string | null>>;

/** What a fleet file may use, and what the files hold that say whom to believe for it. */
export interface Kept {
  readonly uses: readonly ServerUse[];
  readonly contents: Contents;
}

/** Format 1 had no contents, and is not read. */
const kept = z.object({
  format: z.literal(2),
  path: z.string(),
  uses: z.array(serverUse),
  contents: z.record(z.string(), z.string().nullable()),
});

/**
 * The fleet files a person trusts, one small file each under `configDir/trusted`, readable by this user only. A file of
 * its own each, so that the window and the command line never write over one another.
 */
export class KeptTrust {
  readonly folder: string;

  constructor(configDir: string) {
    this.folder = join(configDir, 'trusted');
  }

  /** @param path the fleet file's own, links followed. @returns what it may use; null: it was never trusted. */
  async read(path: string): Promise<Kept | null> {
    try {
      const file = await open(this.#pathOf(path), 'r');
      try {
        const { size } = await file.stat();
        if (size > LARGEST) return null;
        const read = kept.safeParse(JSON.parse(await file.readFile('utf8')));
        return read.success && read.data.path === path ? read.data : null;
      } finally {
        await file.close();
      }
    } catch {
      // One that cannot be read counts as none.
      return null;
    }
  }

  /** Keeps it in place of what was kept for the file. @throws when it cannot be written */
  async write(path: string, { uses, contents }: Kept): Promise<void> {
    const text = `${JSON.stringify({ format: 2, path, uses, contents })}\n`;
    if (Buffer.byteLength(text) > LARGEST) throw new Error('it names too many servers to be remembered');
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const beside = `${this.#pathOf(path)}.${randomBytes(6).toString('hex')}`;
    try {
      await writeFile(beside, text, { mode: 0o600, flush: true, flag: 'wx' });
      await rename(beside, this.#pathOf(path));
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
    await this.#dropOldest();
  }

  async forget(path: string): Promise<void> {
    await rm(this.#pathOf(path), { force: true });
  }

  async #dropOldest(): Promise<void> {
    const names = (await readdir(this.folder)).filter((name) => name.endsWith('.json'));
    if (names.length <= MOST_FILES) return;
    const dated = await Promise.all(
      names.map(async (name) => {
        const path = join(this.folder, name);
        // Another process may drop it at the same time.
        return { path, at: (await stat(path).catch(() => null))?.mtimeMs ?? 0 };
      }),
    );
    const old = dated.sort((a, b) => b.at - a.at).slice(MOST_FILES);
    await Promise.all(old.map(({ path }) => rm(path, { force: true })));
  }

  /** A path has characters and lengths that a file name may not have. */
  #pathOf(path: string): string {
    return join(this.folder, `${createHash('sha256').update(path).digest('hex')}.json`);
  }
}

/** Says that trust counts for this session only. @param folder where it could not be written @param error why */
export const notKept = (folder: string, error: unknown): Fault => ({
  code: 'trust-not-kept',
  message: `Trust in this fleet file is not remembered: ${fileWords(error)}.`,
  fix: 'See that you may write in this folder. Until then you are asked at every start.',
  where: { file: folder },
});

/** One file has one name here, however it is reached; one that is gone keeps the name it was asked for by. */
export async function fileOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    return resolve(path);
  }
}
