import { SvelteMap } from 'svelte/reactivity';
import type { App } from '../app/app.svelte';
import type { Fault } from '../../shared/base/result';
import type { DatabaseSummary } from '../../shared/compare/database-summary';
import type { ServerReport } from '../../shared/observed/status';

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

  /** Asks a server what it is and how large its database is, once. */
  look(id: string): void {
    if (id === '' || this.#sides.has(id)) return;
    this.#set(id, {});
    const { client } = this.#app;
    const question = { fleet: this.#app.document.question(), server: id };
    const limit = { signal: this.#abort.signal };
    void client
      .ask('server.test', question, limit)
      .then((answer) => this.#set(id, answer.ok ? { report: answer.value } : { fault: answer.error }));
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

  #set(id: string, news: Partial<Side>): void {
    this.#sides.set(id, { ...this.of(id), ...news });
  }
}
