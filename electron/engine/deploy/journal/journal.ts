import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { type Result, fail, ok } from '../../../../shared/base/result';
import { syncFolder, writeDurably } from '../../storage/durable';
import type { Clock } from '../../base/time';
import type { NewEntry } from './journal-entry';

/**
 * The journal of one deploy: a folder of its own with `journal.jsonl`, appended and flushed to disk line by line, the
 * fleet file, and every server.toml as it was before and after each step.
 */
export interface Journal {
  readonly deploy: string;
  readonly folder: string;
  /** Returns once the line is on disk. */
  write(entry: NewEntry): Promise<void>;
  /** Keeps a file, readable by this user only; answers with where, once it is on disk. */
  keep(name: string, bytes: Uint8Array | string): Promise<string>;
  close(): Promise<void>;
}

export const JOURNAL_FILE = 'journal.jsonl';

/** Where the folders of all deploys lie. */
export const deploysFolder = (configDir: string): string => join(configDir, 'deploys');

/**
 * Starts a journal under `configDir/deploys`. @param clock tells what stands in it, as it tells the deploy.
 * @returns a fault `journal-unwritable` when it cannot be written: then nothing may be deployed.
 */
export async function openJournal(configDir: string, clock: Pick<Clock, 'now'>): Promise<Result<Journal>> {
  // Sorts by time; the rest tells two of the same moment apart.
  const deploy = `${new Date(clock.now()).toISOString().replace(/[:.]/g, '-')}-${randomBytes(3).toString('hex')}`;
  const folder = join(deploysFolder(configDir), deploy);
  try {
    await mkdir(deploysFolder(configDir), { recursive: true, mode: 0o700 });
    await mkdir(folder, { mode: 0o700 });
    await syncFolder(dirname(folder));
    const file = await open(join(folder, JOURNAL_FILE), 'ax', 0o600);
    await syncFolder(folder);
    return ok(journalIn(file, folder, deploy, clock));
  } catch (error) {
    return fail(unwritable(folder, error));
  }
}

/** Adds one line to a journal whose deploy is over: that a later one settled it. */
export async function addToJournal(
  folder: string,
  entry: NewEntry,
  clock: Pick<Clock, 'now'>,
): Promise<void> {
  const file = await open(join(folder, JOURNAL_FILE), 'a', 0o600);
  try {
    // A torn last line must not swallow this one.
    await file.appendFile(`\n${lineOf(entry, clock)}`);
    await file.datasync();
  } finally {
    await file.close();
  }
}

function journalIn(file: FileHandle, folder: string, deploy: string, clock: Pick<Clock, 'now'>): Journal {
  // One after the other: lines of steps side by side must not mix.
  let last: Promise<void> = Promise.resolve();
  return {
    deploy,
    folder,
    write: (entry) => {
      const write = last.then(async () => {
        await file.appendFile(lineOf(entry, clock));
        await file.datasync();
      });
      last = write.catch(() => undefined);
      return write;
    },
    keep: async (name, bytes) => {
      const path = join(folder, name);
      await writeDurably(path, bytes);
      return path;
    },
    close: () => last.then(() => file.close()),
  };
}

const lineOf = (entry: NewEntry, clock: Pick<Clock, 'now'>): string =>
  `${JSON.stringify({ at: new Date(clock.now()).toISOString(), ...entry })}\n`;

const unwritable = (folder: string, error: unknown) => ({
  code: 'journal-unwritable',
  message: `The deploy’s journal cannot be written: ${error instanceof Error ? error.message : String(error)}`,
  fix: 'Make the folder writable or choose another one with --config-dir; without a journal nothing is deployed.',
  where: { file: folder },
});
