import { type FileHandle, mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Result, fail, ok } from '../../../shared/result';

/** One line of a deploy's journal: *intent* before an effect, *done* after it, so that a kill leaves a trail. */
export interface JournalEntry {
  readonly at: string;
  readonly kind: 'deploy' | 'intent' | 'done' | 'failed' | 'undone' | 'note' | 'finished';
  readonly step: string | null;
  readonly [detail: string]: unknown;
}

/**
 * The journal of one deploy: a folder of its own with `journal.jsonl`, appended and flushed to disk line by line, and
 * the old bytes of every file that is replaced.
 */
export interface Journal {
  readonly deploy: string;
  readonly folder: string;
  /** Returns once the line is on disk. */
  write(
    kind: JournalEntry['kind'],
    step: string | null,
    detail?: Readonly<Record<string, unknown>>,
  ): Promise<void>;
  /** Keeps a file's old bytes, readable by this user only; answers with where. */
  keep(name: string, bytes: Uint8Array): Promise<string>;
  close(): Promise<void>;
}

/**
 * Starts a journal under `configDir/deploys`.
 * @returns a fault `journal-unwritable` when it cannot be written: then nothing may be deployed.
 */
export async function openJournal(configDir: string, now: Date): Promise<Result<Journal>> {
  const deploy = `${now.toISOString().replace(/[:.]/g, '-')}-${process.pid}`;
  const folder = join(configDir, 'deploys', deploy);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = await open(join(folder, 'journal.jsonl'), 'a', 0o600);
    return ok(journalIn(file, folder, deploy));
  } catch (error) {
    return fail({
      code: 'journal-unwritable',
      message: `The deploy's journal cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      fix: 'Make the folder writable or choose another one with --config-dir; without a journal nothing is deployed.',
      where: { file: folder },
    });
  }
}

function journalIn(file: FileHandle, folder: string, deploy: string): Journal {
  return {
    deploy,
    folder,
    write: async (kind, step, detail = {}) => {
      const entry: JournalEntry = { at: new Date().toISOString(), kind, step, ...detail };
      await file.appendFile(`${JSON.stringify(entry)}\n`);
      await file.datasync();
    },
    keep: async (name, bytes) => {
      const path = join(folder, name);
      await writeFile(path, bytes, { mode: 0o600, flag: 'wx', flush: true });
      return path;
    },
    close: () => file.close(),
  };
}
