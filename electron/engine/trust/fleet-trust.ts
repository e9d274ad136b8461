import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readFleet } from '../../../shared/fleet/read/read-fleet';
import { type ServerUse, type TrustQuestion, useKey, usesOf } from '../../../shared/fleet/model/trust';
import type { Fault } from '../../../shared/base/result';
import type { FleetText } from '../../../shared/ipc';
import { absolute } from '../storage/absolute-path';
import { fileWords } from '../storage/file-words';
import { loadFleet } from '../storage/fleet-files';
import { type Contents, KeptTrust } from './kept-trust';
import { TrustedContents } from './trusted-contents';

export interface TrustOptions {
  /** The person's home folder: `~` in the fleet file. */
  readonly home: string;
  /** Where the trusted files are kept. */
  readonly configDir: string;
  /** A line for the log file. */
  readonly log: (text: string) => void;
}

/** What came of asking a person about a fleet file. */
export interface Decided {
  readonly trusted: boolean;
  /** Why a yes counts for this session only; null: it is remembered, or nobody agreed. */
  readonly notKept: Fault | null;
}

/**
 * Which fleet files may be acted on. A file that was not made here may have been written by anybody, and the hosts, keys
 * and sockets it names are used at once when it is opened: so it is asked about first. Trust belongs to the file's path
 * and to what it makes Kanilink use (`usesOf`), with what the files hold that say whom to believe
 * ({@link TrustedContents}): while that stays within what was trusted, nothing is asked again.
 */
export class FleetTrust {
  readonly #options: TrustOptions;
  readonly #kept: KeptTrust;
  /** For connections: which of a fleet's files they may believe. */
  readonly contents: TrustedContents;
  /** Files trusted in this session. What the window edits in them is the person's own. */
  readonly #trusted = new Set<string>();
  /** Files loaded in this session that were not: another text on disk does not make the one that was loaded good. */
  readonly #refused = new Set<string>();
  /** How often each file was loaded: an answer is for what was loaded when it was asked for. */
  readonly #loads = new Map<string, number>();
  /** What drafts of fleets that lie in no file would use, and nobody has agreed to in this session. */
  readonly #strange = new Set<string>();

  constructor(options: TrustOptions) {
    this.#options = options;
    this.#kept = new KeptTrust(options.configDir);
    this.contents = new TrustedContents(this.#kept, options.home);
  }

  /**
   * A fleet file was read from disk. @returns whether it is trusted as it is. One that cannot be read as a fleet is not: what
   * it will use shows once its faults are fixed.
   */
  async loaded(text: FleetText & { readonly path: string }): Promise<boolean> {
    const file = await fileOf(text.path);
    const kept = await this.#kept.read(file);
    const trusted = this.#within(text, kept?.uses ?? null) && (await this.#believed(file, text));
    return this.#take(file, trusted);
  }

  /**
   * A text came into the window that neither lies on the disk nor was edited there: a draft, or what another program wrote
   * joined with what the window held. @param mine what that was; null: nothing. @returns whether it is trusted
   */
  async judge(text: FleetText, mine: string | null): Promise<boolean> {
    if (text.path === null) {
      for (const { use } of this.#uses(text) ?? []) this.#strange.add(useKey(use));
      return this.allows(text);
    }
    const { path } = text;
    const file = await fileOf(path);
    const own = mine !== null && (await this.allows({ path, text: mine })) ? mine : '';
    const known = (this.#uses({ path, text: own }) ?? []).map(({ use }) => use);
    const kept = await this.#kept.read(file);
    const trusted =
      this.#within(text, [...(kept?.uses ?? []), ...known]) && (await this.#believed(file, text));
    return this.#take(file, trusted);
  }

  /** May this fleet be acted on? One without a file was made in the window, unless it came from a draft. */
  async allows(text: FleetText): Promise<boolean> {
    if (text.path === null) return !this.#uses(text)?.some(({ use }) => this.#strange.has(useKey(use)));
    const file = await fileOf(text.path);
    const known = this.#trusted.has(file) || (await this.#isKept(file, { path: text.path, text: text.text }));
    if (!known || !(await this.#believed(file, text))) return false;
    await this.#trust(file);
    return true;
  }

  /** Is it what was trusted in a session before? */
  async #isKept(file: string, text: FleetText & { readonly path: string }): Promise<boolean> {
    const kept = (await this.#kept.read(file))?.uses ?? null;
    if (this.#within(text, kept)) return true;
    // After a new start of the engine: edits that are not saved yet belong to the file that was trusted.
    const onDisk = this.#refused.has(file) ? null : await loadFleet(text.path);
    return onDisk?.ok === true && this.#within(onDisk.value, kept);
  }

  /** Do the files that say whom to believe hold what was agreed to? */
  async #believed(file: string, text: FleetText): Promise<boolean> {
    return Object.keys(await this.#changedOf(file, text)).length === 0;
  }

  #changedOf(file: string, text: FleetText): Promise<Readonly<Record<string, string>>> {
    return this.contents.changed(
      file,
      (this.#uses(text) ?? []).map(({ use }) => use),
    );
  }

  /**
   * Has a person asked about what is not trusted yet. A yes counts for the text they were asked about: not when the file
   * was loaded again meanwhile.
   *
   * @returns whether the file is trusted with this text, and whether that lasts
   */
  async decide(text: FleetText, ask: (question: TrustQuestion) => Promise<boolean>): Promise<Decided> {
    if (text.path === null) return { trusted: await this.#decideDraft(text, ask), notKept: null };
    const { path } = text;
    const file = await fileOf(path);
    const loads = this.#loads.get(file);
    const kept = await this.#kept.read(file);
    const servers = this.#newIn(text, kept?.uses ?? null);
    if (servers === null) return NOT_TRUSTED;
    // What they hold now is what is asked about: not what they hold once there is an answer.
    const seen = await this.#changedOf(file, text);
    const contents = Object.keys(seen);
    if (servers.length > 0 || contents.length > 0) {
      const agreed = await ask({ path, changed: kept !== null, servers, contents });
      if (!agreed || this.#loads.get(file) !== loads) return NOT_TRUSTED;
    }
    return { trusted: true, notKept: await this.trust({ path, text: text.text }, seen) };
  }

  /**
   * The file is trusted with what this text uses: a person agreed to it, made it or saved it here.
   *
   * @param seen what the person agreed to of files that were trusted with something else
   * @returns why it is trusted in this session only; null: it stays so
   */
  async trust(text: FleetText & { readonly path: string }, seen: Contents = {}): Promise<Fault | null> {
    const file = await fileOf(text.path);
    await this.#trust(file);
    const uses = this.#uses(text)?.map(({ use }) => use) ?? null;
    // Faults may hide what it uses: what was agreed to stays as it was.
    if (uses === null) return null;
    const contents = await this.contents.agreeTo(file, uses, seen);
    try {
      await this.#kept.write(file, { uses, contents });
      return null;
    } catch (error) {
      this.#options.log(`trust in ${file} is not remembered: ${String(error)}`);
      return notKept(this.#kept.folder, error);
    }
  }

  /**
   * A text was saved at a path.
   *
   * @param from the file it was before; null: it was made here
   */
  async saved(text: FleetText & { readonly path: string }, from: string | null): Promise<void> {
    if (await this.allows({ path: from, text: text.text })) await this.trust(text);
  }

  /** The file is gone. */
  async forget(path: string): Promise<void> {
    const file = await fileOf(path);
    this.#trusted.delete(file);
    this.contents.forget(file);
    await this.#kept.forget(file);
  }

  async #decideDraft(text: FleetText, ask: (question: TrustQuestion) => Promise<boolean>): Promise<boolean> {
    const servers = (this.#uses(text) ?? []).filter(({ use }) => this.#strange.has(useKey(use)));
    if (servers.length > 0 && !(await ask({ path: null, changed: false, servers, contents: [] })))
      return false;
    for (const { use } of servers) this.#strange.delete(useKey(use));
    return true;
  }

  /** Another text stands for the file from now on: an answer to a question about the one before counts no more. */
  async #take(file: string, trusted: boolean): Promise<boolean> {
    this.#loads.set(file, (this.#loads.get(file) ?? 0) + 1);
    if (trusted) await this.#trust(file);
    else this.#refuse(file);
    return trusted;
  }

  async #trust(file: string): Promise<void> {
    this.#trusted.add(file);
    this.#refused.delete(file);
    await this.contents.remember(file);
  }

  #refuse(file: string): void {
    this.#refused.add(file);
    this.#trusted.delete(file);
  }

  /** Does a text use nothing but what is trusted? Of one that is no fleet nobody can say. */
  #within(text: FleetText, trusted: readonly ServerUse[] | null): boolean {
    return this.#newIn(text, trusted)?.length === 0;
  }

  /** The servers of a text that use something which is not trusted; null: it is no fleet. */
  #newIn(text: FleetText, trusted: readonly ServerUse[] | null): TrustQuestion['servers'] | null {
    const known = new Set(trusted?.map(useKey));
    return this.#uses(text)?.filter(({ use }) => !known.has(useKey(use))) ?? null;
  }

  /** Null of a text that is no fleet: the engine does not act on it. */
  #uses(text: FleetText): TrustQuestion['servers'] | null {
    const { fleet } = readFleet(text.text, text.path ?? 'fleet.toml');
    return fleet === null
      ? null
      : usesOf(fleet, (path) => resolve(absolute(path, this.#options.home, text.path)));
  }
}

const NOT_TRUSTED: Decided = { trusted: false, notKept: null };

const notKept = (folder: string, error: unknown): Fault => ({
  code: 'trust-not-kept',
  message: `Trust in this fleet file is not remembered: ${fileWords(error)}.`,
  fix: 'See that you may write in this folder. Until then you are asked at every start.',
  where: { file: folder },
});

/** One file has one name here, however it is reached; one that is gone keeps the name it was asked for by. */
async function fileOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    return resolve(path);
  }
}
