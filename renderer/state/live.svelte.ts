import type { Client, OpenStream } from '../bridge/client';
import type { Sight } from '../health/pull-view';
import { RoundAges } from '../health/round-ages';
import type { FleetText } from '../../shared/ipc';
import type { Fault } from '../../shared/result';

const RETRY_AFTER = [2000, 5000, 10_000, 30_000];
const nothing: Sight = { report: null, at: 0, live: false, lostBecause: '' };

/** Watches the fleet's servers: the newest report, and whether it may be believed. */
export class Live {
  sight = $state.raw<Sight>(nothing);
  /** Ages of the newest good rounds, for the charts. */
  readonly ages = new RoundAges();
  readonly #client: Client;
  #stream: OpenStream | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Watches this fleet from now on. What was seen before stays in sight until the first report, as history. */
  follow(question: FleetText): void {
    this.stop();
    this.#failures = 0;
    this.#open(question);
  }

  stop(): void {
    this.#stream?.close();
    this.#stream = null;
    clearTimeout(this.#timer);
    this.sight = { ...this.sight, live: false, lostBecause: '' };
  }

  /** Another fleet: nothing is known. */
  forget(): void {
    this.stop();
    this.ages.clear();
    this.sight = nothing;
  }

  #open(question: FleetText): void {
    this.#stream = this.#client.open(
      'watch',
      { fleet: question },
      {
        onItems: (reports) => {
          const report = reports.at(-1);
          if (!report) return;
          this.#failures = 0;
          for (const one of reports) this.ages.add(one, Date.now());
          this.sight = { report, at: Date.now(), live: true, lostBecause: '' };
        },
        onEnd: (fault) => this.#lost(question, fault),
      },
    );
  }

  #lost(question: FleetText, fault: Fault | null): void {
    const why = fault ? `The watch was lost: ${fault.message}` : 'The watch ended.';
    this.sight = { ...this.sight, live: false, lostBecause: why };
    const wait = RETRY_AFTER[Math.min(this.#failures, RETRY_AFTER.length - 1)] ?? 30_000;
    this.#failures += 1;
    this.#timer = setTimeout(() => this.#open(question), wait);
  }
}
