import { randomUUID } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, type Stats } from 'node:fs';
import { lstat, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { draftContent, type DraftHead, LONGEST_TEXT } from '../../shared/ipc';
import { fail, ok, type Result } from '../../shared/base/result';
import { wallNow } from '../engine/base/time';
import { writeDurably } from '../engine/storage/durable';
import { readFleetText } from '../engine/storage/fleet-files';
import { fileWords } from '../engine/storage/file-words';
import { readLocalFile } from '../engine/storage/local-file';

/** More drafts than these are not kept: the oldest go first. */
const MOST_DRAFTS = 50;
/** Bytes of all drafts together. */
const MOST_BYTES = 64_000_000;
/** Bytes of one: three texts, each letter of which may need six bytes in JSON. */
const LARGEST = 18 * LONGEST_TEXT;

const draft = draftContent.extend({
  format: z.literal(1),
  form: draftContent.shape.form.default(null),
  id: z.uuid(),
  /** When it was kept, ISO 8601. */
  at: z.iso.datetime(),
});
export type Draft = Readonly<z.output<typeof draft>>;

/**
 * Unsaved texts of fleet files and what is typed into their forms, a small file each, so that a crash or a kill loses
 * nothing. A draft holds what the fleet file would: no secret, as a fleet file has no field for one. It is this user's own (folder 0700, files
 * 0600); one that somebody else could have written is not read. What is written is whole or not there: a new file is
 * flushed, then renamed over the old one.
 */
export class Drafts {
  /** Why none are kept, as the folder was opened; null: they are. */
  readonly trouble: string | null;
  readonly #folder: string;
  readonly #log: (line: string) => void;
  /** The last piece of work: one follows the other, so that a draft that was dropped does not come back. */
  #work: Promise<unknown> = Promise.resolve();

  /** @param folder made when missing */
  constructor(folder: string, log: (line: string) => void) {
    this.#folder = folder;
    this.#log = log;
    this.trouble = open(folder);
    if (this.trouble !== null) log(this.trouble);
    else void this.#inTurn(() => this.#sweep());
  }

  /** Keeps a text in place of what was kept under this id. @returns a fault when it is not on the disk */
  keep(kept: Omit<Draft, 'format' | 'at'>): Promise<Result<object>> {
    return this.#inTurn(async () => {
      if (this.trouble !== null) return fail(notKept(this.#folder, this.trouble));
      const beside = join(this.#folder, `.${randomUUID()}`);
      try {
        const whole: Draft = { ...kept, format: 1, at: new Date(wallNow()).toISOString() };
        await writeDurably(beside, `${JSON.stringify(whole)}\n`);
        await rename(beside, this.#pathOf(kept.id));
        await this.#dropOldest(kept.id);
        return ok({});
      } catch (cause) {
        await rm(beside, { force: true }).catch(() => undefined);
        return fail(notKept(this.#folder, fileWords(cause)));
      }
    });
  }

  /** It was saved, or declined. */
  drop(id: string): Promise<void> {
    return this.#inTurn(() => rm(this.#pathOf(id), { force: true }));
  }

  /** What is kept, the newest first. One whose file holds the same text was saved, and Kanilink ended right after. */
  list(): Promise<readonly DraftHead[]> {
    return this.#inTurn(async () => {
      const heads: DraftHead[] = [];
      // One after the other: two large texts at a time are enough.
      for (const { id } of await this.#files()) {
        const one = await this.#read(id);
        if (one === null) continue;
        if (await isSaved(one)) await rm(this.#pathOf(id), { force: true });
        else heads.push({ id, path: one.path, at: one.at });
      }
      return heads.sort((a, b) => b.at.localeCompare(a.at));
    });
  }

  /** One of them; null: it is gone, damaged or not this user's own. */
  read(id: string): Promise<Draft | null> {
    return this.#inTurn(() => this.#read(id));
  }

  /** Waits until everything that was asked for is on the disk. */
  async settled(): Promise<void> {
    await this.#work;
  }

  async #read(id: string): Promise<Draft | null> {
    const path = this.#pathOf(id);
    try {
      const stats = await lstat(path);
      if (!stats.isFile() || !isOwn(stats)) throw new Error('it is not a file of this user’s own');
      const file = await readLocalFile(path, LARGEST);
      if (file.kind !== 'read') throw new Error(file.kind);
      const read = draft.parse(JSON.parse(file.bytes.toString('utf8')));
      if (read.id !== id) throw new Error('it is kept under another name');
      return read;
    } catch (cause) {
      if (await lstat(path).catch(() => null)) this.#log(`a draft is left out: ${path}: ${String(cause)}`);
      return null;
    }
  }

  #pathOf(id: string): string {
    // The page names it: it must not name another folder. The contract has checked that.
    if (!isId(id)) throw new Error('a draft is kept under a uuid');
    return join(this.#folder, `${id}.json`);
  }

  async #files() {
    if (this.trouble !== null) return [];
    const ids = (await readdir(this.#folder)).flatMap((name) => {
      const id = name.replace(/\.json$/, '');
      return name.endsWith('.json') && isId(id) ? [id] : [];
    });
    const dated = await Promise.all(
      ids.map(async (id) => ({ id, stats: await lstat(this.#pathOf(id)).catch(() => null) })),
    );
    return dated
      .flatMap(({ id, stats }) => (stats === null ? [] : [{ id, size: stats.size, at: stats.mtimeMs }]))
      .sort((a, b) => b.at - a.at);
  }

  /** Never the one that was kept just now. */
  async #dropOldest(newest: string): Promise<void> {
    let bytes = 0;
    for (const [place, file] of (await this.#files()).entries()) {
      bytes += file.size;
      if (file.id === newest || (place < MOST_DRAFTS && bytes <= MOST_BYTES)) continue;
      this.#log(`the oldest draft is dropped: there are too many`);
      await rm(this.#pathOf(file.id), { force: true });
    }
  }

  /** What a kill in the middle of a write left behind. */
  async #sweep(): Promise<void> {
    const left = (await readdir(this.#folder)).filter((name) => /^\.[\da-f-]{36}$/.test(name));
    await Promise.all(left.map((name) => rm(join(this.#folder, name), { force: true })));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work);
    this.#work = done.catch((cause: unknown) => this.#log(`drafts: ${String(cause)}`));
    return done;
  }
}

async function isSaved({ path, text, form }: Draft): Promise<boolean> {
  if (path === null || form !== null) return false;
  const there = await readFleetText(path);
  return there.kind === 'text' && there.text === text;
}

const isId = (text: string): boolean => z.uuid().safeParse(text).success;

/** Nobody else may have written it. Windows keeps a profile to its user by itself. */
function isOwn({ uid, mode }: Stats): boolean {
  const me = process.getuid?.();
  return me === undefined || (uid === me && (mode & 0o022) === 0);
}

function open(folder: string): string | null {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const stats = lstatSync(folder);
    if (!stats.isDirectory() || stats.uid !== (process.getuid?.() ?? stats.uid))
      return `Unsaved changes are not kept: ${folder} is not a folder of your own.`;
    if (process.platform !== 'win32' && (stats.mode & 0o777) !== 0o700) chmodSync(folder, 0o700);
    return null;
  } catch (cause) {
    return `Unsaved changes are not kept: ${fileWords(cause)}. ${folder}`;
  }
}

const notKept = (file: string, why: string) => ({
  code: 'draft-not-kept',
  message: `Unsaved changes are not kept against a crash: ${why}.`,
  fix: 'Save the fleet, or make room and let Kanilink write there.',
  where: { file },
});
