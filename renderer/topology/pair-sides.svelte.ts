import { untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { App } from '../app/app.svelte';
import type { Fault } from '../../shared/base/result';
import type { DatabaseSummary } from '../../shared/compare/database-summary';
import type { ServerReport, ServerState } from '../../shared/observed/status';

/** What is known of one of two servers that are to be paired. */
export interface Side {
  /** What it says of itself, asked again; null: not answered yet, or it cannot be asked. */
  readonly report: ServerReport | null;
  readonly fault: Fault | null;
  /** How large its database is, bytes; null: not known. */
  readonly size: number | null;
  /** Why its database cannot be read; null: it can, as far as is known. */
  readonly unable: Fault | null;
  readonly summary: DatabaseSummary | null;
  readonly reading: boolean;
}

const unknown: Side = {
  ...{ report: null, fault: null, size: null, unable: null, summary: null, reading: false },
};

/** What the servers of a pair say and hold. Each is asked by itself; nothing of it is kept once the dialog is closed. */
export class PairSides {
  readonly #app: App;
  readonly #sides = new SvelteMap<string, Side>();
  readonly #abort = new AbortController();
  /** How a watch saw each server when it was asked, or at its worst since; null: it did not. */
  readonly #asked: Record<string, ServerState | null> = {};

  constructor(app: App) {
    this.#app = app;
  }

  of(id: string): Side {
    return this.#sides.get(id) ?? unknown;
  }

  /** Which domain a server's database belongs to, as last told; null: not known. */
  domainOf(id: string): string | null {
    const seen = this.#app.live.sight.report?.servers.find((server) => server.id === id);
    const side = this.of(id);
    return side.summary?.domain ?? side.report?.domainUuid ?? seen?.domainUuid ?? null;
  }

  /**
   * Asks a server what it is and how large its database is: once, and again when one that did not run, or did not answer, is
   * seen to run.
   */
  look(id: string): void {
    if (id === '') return;
    const { live, report } = this.#app.live.sight;
    const state = live ? (report?.servers.find((server) => server.id === id)?.state ?? null) : null;
    const before = this.#asked[id];
    if (state !== 'running') this.#asked[id] = state;
    // An answer may come long after the server was seen to run.
    if (before !== undefined && !(state === 'running' && before !== 'running' && this.#isAway(id))) return;
    this.#asked[id] = state;
    this.#set(id, { fault: null, unable: null });
    const { client } = this.#app;
    const question = { fleet: this.#app.document.question(), server: id };
    const limit = { signal: this.#abort.signal };
    void client
      .ask('server.test', question, limit)
      .then((answer) =>
        this.#set(id, answer.ok ? { report: answer.value, fault: null } : { fault: answer.error }),
      );
    void client
      .ask('database.size', question, limit)
      .then((answer) => this.#set(id, answer.ok ? { size: answer.value.bytes } : { unable: answer.error }));
  }

  /** Reads what the servers' databases hold, side by side. */
  read(ids: readonly string[]): void {
    const { client } = this.#app;
    const fleet = this.#app.document.question();
    const limit = { signal: this.#abort.signal };
    for (const id of ids) {
      if (this.of(id).reading) continue;
      this.#set(id, { reading: true, unable: null });
      void client.ask('database.summary', { fleet, server: id }, limit).then((answer) =>
        this.#set(id, {
          reading: false,
          ...(answer.ok ? { summary: answer.value } : { unable: answer.error }),
        }),
      );
    }
  }

  /** Nothing is asked any more; a backup that is being read is removed. */
  close(): void {
    this.#abort.abort();
  }

  #isAway(id: string): boolean {
    const { report, fault } = untrack(() => this.of(id));
    return fault !== null || (report !== null && report.state !== 'running');
  }

  #set(id: string, news: Partial<Side>): void {
    this.#sides.set(id, { ...untrack(() => this.of(id)), ...news });
  }
}
