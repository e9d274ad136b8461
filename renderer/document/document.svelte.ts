import { meaningOf } from '../../shared/fleet/model/meaning';
import type { FleetReading } from '../../shared/fleet/read/read-fleet';
import type { Fleet } from '../../shared/fleet/model/fleet';
import { readTopology } from '../../shared/fleet/model/topology';
import type { FleetText } from '../../shared/ipc';
import type { Result } from '../../shared/base/result';
import { ofOpenFleet } from './fleet-reader';
import { type History, pushVersion, redo, startHistory, undo } from './history';
import { reachOf } from './reach';
import { fileName } from '../base/words';

const NO_FLEET: FleetReading = { fleet: null, shown: null, problems: [] };

const readText = (text: string, file: string | null): FleetReading => ofOpenFleet().readFleet(text, file);

/** The fleet file the window holds: its text, where it lies, what was saved, and the way back. */
export class FleetDocument {
  open = $state(false);
  /** Counts the documents taken: views that keep something of their own begin afresh with each. */
  taken = $state(0);
  /** Names what is kept of it while it is not saved. */
  draft = $state<string>(crypto.randomUUID());
  path = $state<string | null>(null);
  /** The text on disk as it was loaded or saved last; null: never saved. */
  savedText = $state<string | null>(null);
  /** The text of this document that is being saved; null: none. */
  saving = $state<string | null>(null);
  #history = $state.raw<History>(startHistory(''));
  #trusted = $state(true);
  /** How many questions the engine was asked when the person trusted it last: what was refused before is past. */
  trustedAt = 0;
  /** The text is trusted, and what its files hold is not any more: nobody agreed to that yet. */
  #refused = $state(false);

  text = $derived(this.#history.present.text);
  saved = $derived(this.text === this.savedText);
  reading = $derived(
    this.open ? readText(this.text, this.path === null ? null : fileName(this.path)) : NO_FLEET,
  );
  /** As much as can be shown; the engine acts on it only when `usable`. */
  fleet = $derived(this.open ? this.reading.shown : null);
  /** False: faults hide what it is. The engine refuses such a file, and trust in it cannot be asked for yet. */
  usable = $derived(this.reading.fleet !== null);
  faults = $derived(this.open ? this.reading.problems.filter(({ severity }) => severity === 'error') : []);
  /**
   * The servers that were taken out of it since it was opened, or since it was saved before that. A server that was in it
   * only while nobody trusted it is none of them: nobody agreed that it is dialled.
   */
  left = $derived(this.#history.present.left);
  topology = $derived(this.fleet ? readTopology(this.fleet) : null);
  /** What the file says by itself, and the graph of its links: known at once, whatever is read of the servers. */
  problems = $derived.by(() => {
    const { fleet, problems } = this.reading;
    if (!this.open) return [];
    return fleet && this.topology
      ? [...problems, ...ofOpenFleet().checkTopology(fleet, this.topology)]
      : problems;
  });
  hasErrors = $derived(this.faults.length > 0);
  canUndo = $derived(this.#history.past.length > 0);
  canRedo = $derived(this.#history.future.length > 0);
  fileLabel = $derived(this.path === null ? 'new fleet' : fileName(this.path));
  /** What the servers are meant to be, without where they are drawn: changes when the engine has to look again. */
  meaning = $derived(this.fleet ? meaningOf(this.fleet) : null);
  /** How each server is reached, by its id: while it stays, what was seen of a server was seen of this server. */
  reach = $derived(reachOf(this.fleet?.servers ?? []));

  /**
   * Takes another file's text (or a new fleet's: `path` null, never saved). The way back is forgotten.
   *
   * @param draft of unsaved changes that are taken back: what they were kept under, and whether the saved text is trusted too
   */
  take(
    path: string | null,
    text: string,
    savedText: string | null,
    trusted = true,
    draft: { readonly id: string; readonly baseTrusted: boolean } | null = null,
  ): void {
    this.open = true;
    this.taken += 1;
    this.draft = draft?.id ?? crypto.randomUUID();
    this.path = path;
    this.#trusted = trusted;
    this.#refused = false;
    this.savedText = savedText;
    this.saving = null;
    this.#history = startHistory(text, [], trusted);
    if (trusted && draft?.baseTrusted !== false && savedText !== null && savedText !== text) {
      const left = ofOpenFleet().leftOf(readText(savedText, null).fleet, this.reading.fleet, []);
      this.#history = startHistory(text, left, trusted);
    }
  }

  /** The newest version that can be read as a fleet; null: there is none, or nobody trusts it. */
  #lastTrusted(): Fleet | null {
    if (!this.#trusted) return null;
    if (this.reading.fleet !== null) return this.reading.fleet;
    for (const { text, trusted } of [...this.#history.past].reverse()) {
      const { fleet } = readText(text, null);
      if (fleet !== null) return trusted ? fleet : null;
    }
    return null;
  }

  /** Nothing is dialled or read for a text that is not trusted; the engine holds to that too. */
  get trusted(): boolean {
    return this.#trusted && !this.#refused;
  }

  /** Trust belongs to the text that is shown: going back to one that was not trusted takes it away. */
  set trusted(trusted: boolean) {
    this.#trusted = trusted;
    if (trusted) this.#refused = false;
    this.#history = { ...this.#history, present: { ...this.#history.present, trusted } };
  }

  /** The text was agreed to or is edited from such, whatever its files hold now. */
  get own(): boolean {
    return this.#trusted;
  }

  /** It was trusted, and the engine refuses it now. */
  get refused(): boolean {
    return this.#refused;
  }

  /**
   * The engine refuses the fleet that is open: what says whom to believe for it has changed. Its text was agreed to, so what
   * is edited meanwhile, and what is taken out of it, is the person's own as before.
   */
  refuse(): void {
    this.#refused = true;
  }

  /** What the engine is asked about. */
  question(): FleetText {
    return { path: this.path, text: this.text, ...(this.own ? {} : { foreign: true }) };
  }

  /**
   * Makes an edit under a spoken label; `merge` joins edits in a row with the same key into one step of undo.
   * @returns the fault when the edit is refused: nothing has changed then.
   */
  edit(label: string, change: (text: string) => Result<string>, merge: string | null = null): Result<string> {
    const changed = change(this.text);
    if (!changed.ok) return changed;
    const { left } = this;
    const trusted = this.#trusted;
    const before = this.#lastTrusted();
    this.#history = pushVersion(this.#history, { text: changed.value, label, merge, left, trusted });
    const { present } = this.#history;
    this.#history = {
      ...this.#history,
      present: { ...present, left: ofOpenFleet().leftOf(before, this.reading.fleet, left) },
    };
    return changed;
  }

  /** Takes a text that another program wrote a part of, as one edit. @param trusted whether this text is */
  takeTheirs(label: string, text: Result<string>, trusted: boolean): void {
    this.edit(label, () => text);
    this.trusted = trusted;
  }

  /** Undoes the last edit; returns its label, null when there was none. */
  undo(): string | null {
    const label = this.#history.present.label;
    if (!this.canUndo) return null;
    this.#history = undo(this.#history);
    this.#trusted &&= this.#history.present.trusted;
    return label;
  }

  /** Makes the last undone edit again; returns its label, null when there was none. */
  redo(): string | null {
    if (!this.canRedo) return null;
    this.#history = redo(this.#history);
    this.#trusted &&= this.#history.present.trusted;
    return this.#history.present.label;
  }

  /** A person has seen that this text, or nothing, lies at the path now: saving may write over it. */
  saw(text: string | null): void {
    this.savedText = text;
  }

  /** The text `text` now lies at `path`. */
  wasSaved(path: string, text: string): void {
    this.path = path;
    this.savedText = text;
  }
}
