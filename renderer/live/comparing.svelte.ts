import type { IpcClient } from '../bridge/ipc-client';
import type { FleetText } from '../../shared/ipc';
import type { Comparison } from '../../shared/compare/comparison';
import type { Fault } from '../../shared/base/result';

/** A comparison as it crosses from the engine: ids are plain text there. */
export type ComparisonView = Omit<Comparison, 'servers' | 'domain' | 'differing' | 'own'> & {
  readonly servers: readonly [string, string];
  readonly differing: readonly {
    readonly uuid: string;
    readonly type: string;
    readonly name: string;
    readonly newer: string | null;
    readonly onlyOn: string | null;
    readonly deletedOn: string | null;
  }[];
};

/** What the last comparisons of linked servers' data found. They stand beside the health; they are not part of it. */
export class Comparing {
  results = $state.raw<readonly ComparisonView[]>([]);
  /** The kept results were read: a pair that is not among them was never compared. */
  read = $state(false);
  /** Why the last try could not even begin. */
  fault = $state.raw<Fault | null>(null);
  running = $state(false);
  readonly #client: IpcClient;
  #abort: AbortController | null = null;
  /** Counts the fleets: an answer about the one before is dropped. */
  #fleets = 0;

  constructor(client: IpcClient) {
    this.#client = client;
  }

  /** The last comparison of two servers; null: there was none. */
  of(a: string, b: string): ComparisonView | null {
    return this.results.find(({ servers }) => servers.includes(a) && servers.includes(b)) ?? null;
  }

  /** Reads the kept results; asks no server. */
  async look(fleet: FleetText): Promise<void> {
    if (this.running) return;
    const of = this.#fleets;
    const answer = await this.#client.ask('fleet.comparisons', { fleet });
    if (this.#fleets !== of || !answer.ok || this.running) return;
    this.results = answer.value;
    this.read = true;
  }

  /** Compares all linked servers now. @returns false when it could not be done or was cancelled. */
  async run(fleet: FleetText): Promise<boolean> {
    if (this.running) return false;
    const abort = new AbortController();
    this.#abort = abort;
    this.running = true;
    this.fault = null;
    const answer = await this.#client.ask('fleet.compare', { fleet }, { signal: abort.signal });
    if (this.#abort !== abort) return false;
    this.running = false;
    if (answer.ok) {
      this.results = answer.value;
      this.read = true;
    } else if (answer.error.code !== 'cancelled') this.fault = answer.error;
    return answer.ok;
  }

  cancel(): void {
    this.#abort?.abort();
  }

  /** Another fleet: nothing was compared. */
  forget(): void {
    this.#abort?.abort();
    this.#abort = null;
    this.#fleets += 1;
    this.running = false;
    this.read = false;
    this.results = [];
    this.fault = null;
  }
}
