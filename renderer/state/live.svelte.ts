import type { Client, OpenStream } from '../bridge/client';
import type { Sight } from '../health/pull-view';
import { RoundAges } from '../health/round-ages';
import type { FleetText } from '../../shared/ipc';
import type { StatusReport } from '../../shared/observed';
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
  /** The watch before this one, believed until this one has its first report. */
  #before: OpenStream | null = null;
  #pulls = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * Watches this fleet from now on. While the pulls are still those of before, the watch that is open goes on until the
   * new one has its first report; otherwise what was seen is history until then.
   * @param pulls names the servers and links watched: the same text, the same pulls.
   */
  follow(question: FleetText, pulls: string): void {
    const believed = this.sight.live && pulls === this.#pulls ? (this.#before ?? this.#stream) : null;
    if (believed === null) this.stop();
    else if (believed !== this.#stream) this.#stream?.close();
    this.#before = believed;
    this.#pulls = pulls;
    this.#failures = 0;
    this.#open(question);
  }

  stop(): void {
    this.#dropBefore();
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
    const stream = this.#client.open(
      'watch',
      { fleet: question },
      {
        onItems: (reports) => {
          if (stream === this.#stream) this.#dropBefore();
          this.#see(reports);
        },
        onEnd: (fault) => {
          if (stream === this.#stream) this.#retry(question);
          this.#lost(fault);
        },
      },
    );
    this.#stream = stream;
  }

  #see(reports: readonly StatusReport[]): void {
    const report = reports.at(-1);
    if (!report) return;
    this.#failures = 0;
    for (const one of reports) this.ages.add(one, Date.now());
    this.sight = { report, at: Date.now(), live: true, lostBecause: '' };
  }

  #lost(fault: Fault | null): void {
    this.#dropBefore();
    const why = fault ? `The watch was lost: ${fault.message}` : 'The watch ended.';
    this.sight = { ...this.sight, live: false, lostBecause: why };
  }

  #retry(question: FleetText): void {
    const wait = RETRY_AFTER[Math.min(this.#failures, RETRY_AFTER.length - 1)] ?? 30_000;
    this.#failures += 1;
    this.#timer = setTimeout(() => this.#open(question), wait);
  }

  #dropBefore(): void {
    this.#before?.close();
    this.#before = null;
  }
}
