import { readFleet } from '../../shared/fleet/read-fleet';
import { readTopology } from '../../shared/fleet/topology';
import type { FleetText } from '../../shared/ipc';
import type { Result } from '../../shared/result';
import { type History, pushVersion, redo, startHistory, undo } from './history';
import { fileName } from './words';

/** The fleet file the window holds: its text, where it lies, what was saved, and the way back. */
export class FleetDocument {
  open = $state(false);
  /** Counts the documents taken: views that keep something of their own begin anew with each. */
  taken = $state(0);
  path = $state<string | null>(null);
  /** The text on disk as it was loaded or saved last; null: never saved. */
  savedText = $state<string | null>(null);
  #history = $state.raw<History>(startHistory(''));

  text = $derived(this.#history.present.text);
  saved = $derived(this.text === this.savedText);
  reading = $derived(readFleet(this.text, this.path === null ? null : fileName(this.path)));
  fleet = $derived(this.reading.fleet);
  topology = $derived(this.fleet ? readTopology(this.fleet) : null);
  problems = $derived(this.open ? this.reading.problems : []);
  hasErrors = $derived(this.problems.some((problem) => problem.severity === 'error'));
  canUndo = $derived(this.#history.past.length > 0);
  canRedo = $derived(this.#history.future.length > 0);
  fileLabel = $derived(this.path === null ? 'new fleet' : fileName(this.path));
  /** What the servers are meant to be, without where they are drawn: changes when the engine has to look again. */
  meaning = $derived(this.fleet ? meaningOf(this.fleet) : null);
  /**
   * Names the servers and by what names they dial each other: while it stays, what was seen of a pull was seen of this pull.
   * Links may come and go meanwhile.
   */
  pulls = $derived(
    this.fleet
      ? meaningOf({
          servers: this.fleet.servers,
          links: this.fleet.links.filter((link) => link.supplierOrigin ?? link.consumerOrigin),
        })
      : '',
  );

  /** Takes another file's text (or a new fleet's: `path` null, never saved). The way back is forgotten. */
  take(path: string | null, text: string, savedText: string | null): void {
    this.open = true;
    this.taken += 1;
    this.path = path;
    this.savedText = savedText;
    this.#history = startHistory(text);
  }

  /** Forgets what is not saved: nothing is left to ask about. */
  discard(): void {
    this.savedText = this.text;
  }

  /** What the engine is asked about. */
  question(): FleetText {
    return { path: this.path, text: this.text };
  }

  /**
   * Makes an edit under a spoken label; `merge` joins edits in a row with the same key into one step of undo.
   * @returns the fault when the edit is refused: nothing has changed then.
   */
  edit(label: string, change: (text: string) => Result<string>, merge: string | null = null): Result<string> {
    const changed = change(this.text);
    if (changed.ok) this.#history = pushVersion(this.#history, { text: changed.value, label, merge });
    return changed;
  }

  /** Undoes the last edit; returns its label, null when there was none. */
  undo(): string | null {
    const label = this.#history.present.label;
    if (!this.canUndo) return null;
    this.#history = undo(this.#history);
    return label;
  }

  /** Makes the last undone edit again; returns its label, null when there was none. */
  redo(): string | null {
    if (!this.canRedo) return null;
    this.#history = redo(this.#history);
    return this.#history.present.label;
  }

  /** The text `text` now lies at `path`. */
  wasSaved(path: string, text: string): void {
    this.path = path;
    this.savedText = text;
  }
}

function meaningOf(fleet: {
  readonly servers: readonly { readonly position: unknown }[];
  readonly links: readonly unknown[];
}): string {
  return JSON.stringify({
    ...fleet,
    servers: fleet.servers.map((server) => ({ ...server, position: null })),
  });
}
