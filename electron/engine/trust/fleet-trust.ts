import { resolve } from 'node:path';
import { readFleet } from '../../../shared/fleet/read/read-fleet';
import { type ServerUse, type TrustQuestion, useKey, usesOf } from '../../../shared/fleet/model/trust';
import type { Fault } from '../../../shared/base/result';
import type { FleetText } from '../../../shared/ipc';
import { absolute } from '../storage/absolute-path';
import { loadFleet } from '../storage/fleet-files';
import { type Contents, fileOf, KeptTrust, notKept } from './kept-trust';
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
  /** What the person drew themselves in a file that was joined with another text since: it is no news to them. */
  readonly #drawn = new Map<string, readonly ServerUse[]>();
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
    this.#drawn.delete(file);
    return this.#take(file, text, await this.#lasting(file));
  }

  /**
   * A text came into the window that neither lies on the disk nor was edited there: a draft, or what another program wrote
   * joined with what the window held. Or the engine was started anew, and knows of no text whose it is.
   *
   * @param mine what the window held that is the person's own; null: nothing. @returns whether it is trusted
   */
  async judge(text: FleetText, mine: string | null): Promise<boolean> {
    if (text.path === null) return this.allows({ ...text, foreign: true });
    const { path } = text;
    const file = await fileOf(path);
    if (mine !== null && (await this.#mayBeOwn(file, { path, text: mine })))
      this.#drawn.set(file, this.#usesOnly({ path, text: mine }));
    return this.#take(file, text, await this.#agreed(file));
  }

  /** May this fleet be acted on? One without a file was made in the window, unless it came from a draft. */
  async allows(text: FleetText): Promise<boolean> {
    if (text.path === null) return this.#allowsLoose(text);
    const file = await fileOf(text.path);
    if (!(await this.#isOwn(file, text))) return false;
    if (text.foreign === true) await this.contents.remember(file);
    else await this.#trust(file);
    return this.#believed(file, text);
  }

  /** Of a fleet in no file. What faults hide in one that is foreign nobody has agreed to. */
  #allowsLoose(text: FleetText): boolean {
    const strange = this.#strangeIn(text);
    return strange === null ? text.foreign !== true : strange.length === 0;
  }

  /** Is it what was trusted, now or in a session before, with what the person drew in that? */
  async #isOwn(file: string, text: FleetText): Promise<boolean> {
    // A trusted file does not make good what the window itself calls foreign.
    if (text.foreign === true) return this.#within(text, await this.#agreed(file));
    return this.#trusted.has(file) || this.#within(text, await this.#lasting(file));
  }

  /**
   * May a text be what the window says it is, the person's own? An engine that was started anew takes its word for what is
   * not saved of a file that lies there as it was trusted. Without that word it is as foreign as a draft: the very text that
   * the person declined may be what the window holds.
   */
  async #mayBeOwn(file: string, text: FleetText & { readonly path: string }): Promise<boolean> {
    if (await this.#isOwn(file, text)) return true;
    return !this.#refused.has(file) && (await this.#onDisk(file, text.path)) !== null;
  }

  /** What the file on the disk uses; null: it is not as it was trusted. */
  async #onDisk(file: string, path: string): Promise<readonly ServerUse[] | null> {
    const onDisk = await loadFleet(path);
    return onDisk.ok && this.#within(onDisk.value, await this.#lasting(file))
      ? this.#usesOnly(onDisk.value)
      : null;
  }

  /** What a person agreed to for a file, or drew there; null: nothing. */
  async #agreed(file: string): Promise<readonly ServerUse[] | null> {
    const lasting = await this.#lasting(file);
    const drawn = this.#drawn.get(file);
    return lasting === null && drawn === undefined ? null : [...(lasting ?? []), ...(drawn ?? [])];
  }

  /** What a person agreed to for a file, as it is kept across sessions; null: nothing. */
  async #lasting(file: string): Promise<readonly ServerUse[] | null> {
    return (await this.#kept.read(file))?.uses ?? null;
  }

  /** Do the files that say whom to believe hold what was agreed to? */
  async #believed(file: string, text: FleetText): Promise<boolean> {
    return Object.keys(await this.#changedOf(file, text)).length === 0;
  }

  #changedOf(file: string, text: FleetText): Promise<Readonly<Record<string, string>>> {
    return this.contents.changed(file, this.#usesOnly(text));
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
    const own = text.foreign !== true && this.#trusted.has(file);
    const servers = this.#newIn(text, own ? this.#usesOnly(text) : await this.#agreed(file));
    if (servers === null) return NOT_TRUSTED;
    const onDisk = await this.#onDisk(file, path);
    // What they hold now is what is asked about: not what they hold once there is an answer.
    const seen = await this.#changedOf(file, text);
    const contents = Object.keys(seen);
    if (servers.length > 0 || contents.length > 0) {
      const changed = (await this.#kept.read(file)) !== null;
      const agreed = await ask({ path, changed, unsaved: onDisk !== null, servers, contents });
      if (!agreed || this.#loads.get(file) !== loads) return NOT_TRUSTED;
    }
    // What is only drawn may never be saved: the file as it lies there stays trusted too.
    return { trusted: true, notKept: await this.trust({ path, text: text.text }, seen, onDisk ?? []) };
  }

  /**
   * The file is trusted with what this text uses: a person agreed to it, made it or saved it here.
   *
   * @param seen what the person agreed to of files that were trusted with something else
   * @param beside what else stays trusted
   * @returns why it is trusted in this session only; null: it stays so
   */
  async trust(
    text: FleetText & { readonly path: string },
    seen: Contents = {},
    beside: readonly ServerUse[] = [],
  ): Promise<Fault | null> {
    const file = await fileOf(text.path);
    await this.#trust(file);
    // Faults may hide what it uses: what was agreed to stays as it was.
    if (this.#uses(text) === null) return null;
    const all = [...this.#usesOnly(text), ...beside];
    const uses = [...new Map(all.map((use) => [useKey(use), use])).values()];
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
    if (await this.allows({ ...text, path: from })) await this.trust(text);
  }

  /** The file is gone. */
  async forget(path: string): Promise<void> {
    const file = await fileOf(path);
    this.#trusted.delete(file);
    this.contents.forget(file);
    await this.#kept.forget(file);
  }

  async #decideDraft(text: FleetText, ask: (question: TrustQuestion) => Promise<boolean>): Promise<boolean> {
    const servers = this.#strangeIn(text);
    if (servers === null) return false;
    if (servers.length > 0 && !(await ask({ ...OF_NO_FILE, servers }))) return false;
    for (const { use } of servers) this.#strange.delete(useKey(use));
    return true;
  }

  /** The servers of a fleet in no file that use what nobody has agreed to; null: it is no fleet. */
  #strangeIn(text: FleetText): TrustQuestion['servers'] | null {
    const servers = this.#uses(text);
    if (text.foreign === true) for (const { use } of servers ?? []) this.#strange.add(useKey(use));
    return servers?.filter(({ use }) => this.#strange.has(useKey(use))) ?? null;
  }

  /** Another text stands for the file from now on: an answer to a question about the one before counts no more. */
  async #take(file: string, text: FleetText, agreed: readonly ServerUse[] | null): Promise<boolean> {
    this.#loads.set(file, (this.#loads.get(file) ?? 0) + 1);
    if (!this.#within(text, agreed)) {
      this.#refused.add(file);
      this.#trusted.delete(file);
      return false;
    }
    await this.#trust(file);
    return this.#believed(file, text);
  }

  async #trust(file: string): Promise<void> {
    this.#trusted.add(file);
    this.#refused.delete(file);
    await this.contents.remember(file);
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

  #usesOnly(text: FleetText): readonly ServerUse[] {
    return (this.#uses(text) ?? []).map(({ use }) => use);
  }

  /** Null of a text that is no fleet: the engine does not act on it. */
  #uses(text: FleetText): TrustQuestion['servers'] | null {
    const { fleet } = readFleet(text.text, text.path ?? 'fleet.toml');
    return fleet === null
      ? null
      : usesOf(fleet, (path) => resolve(absolute(path, this.#options.home, text.path)));
  }
}

/** What is asked about a fleet that was never saved. */
const OF_NO_FILE = { path: null, changed: false, unsaved: true, contents: [] };

const NOT_TRUSTED: Decided = { trusted: false, notKept: null };
