import type { Client, OpenStream } from '../bridge/client';
import type { FleetText, LogLineView } from '../../shared/ipc';
import { lineTest, type LogFilter, replication } from './log-filter';
import { type HeldLine, LogStore, nameOf } from './log-store';

/** Lines are shown in strokes of this many milliseconds, however fast they come. */
const STROKE = 100;
const RETRY_AFTER = 5000;
/** Lines that a stream opened anew may repeat. */
const MOST_REPEATED = 5000;

/** The merged live log: what is shown, following or paused, and why it stopped. */
export class LiveLog {
  shown = $state.raw<readonly HeldLine[]>([]);
  filter = $state.raw<LogFilter>(replication);
  following = $state(true);
  /** Lines that matched while paused. */
  missed = $state(0);
  /** Lines held, and dropped to keep the bound. */
  held = $state(0);
  dropped = $state(0);
  /** Why nothing comes; empty while the stream is open. */
  lostBecause = $state('');
  filterFault = $derived.by(() => {
    const test = lineTest(this.filter);
    return test.ok ? '' : test.message;
  });
  readonly #client: Client;
  readonly #store = new LogStore();
  #waiting: LogLineView[] = [];
  #stream: OpenStream | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #stroke: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Reads this fleet's logs from now on; what is held stays when `keep`. */
  follow(question: FleetText, keep: boolean): void {
    this.stop();
    if (!keep) this.clear();
    this.#open(question);
  }

  stop(): void {
    clearTimeout(this.#retry);
    this.#stream?.close();
    this.#stream = null;
  }

  clear(): void {
    this.#store.clear();
    this.#waiting = [];
    this.#show();
  }

  setFilter(filter: LogFilter): void {
    this.filter = filter;
    this.#show();
  }

  pause(): void {
    this.following = false;
  }

  resume(): void {
    this.following = true;
    this.#show();
  }

  #open(question: FleetText): void {
    this.lostBecause = '';
    // The engine begins a little before now: lines that are held already are not taken twice.
    const held = this.#store.names(MOST_REPEATED);
    this.#stream = this.#client.open(
      'logs',
      { fleet: question },
      {
        onItems: (lines) => {
          this.#waiting.push(...lines.filter((line) => !held.has(nameOf(line))));
          this.#stroke ??= setTimeout(() => this.#take(), STROKE);
        },
        onEnd: (fault) => {
          this.lostBecause = fault?.message ?? 'The log ended.';
          this.#retry = setTimeout(() => this.#open(question), RETRY_AFTER);
        },
      },
    );
  }

  #take(): void {
    this.#stroke = undefined;
    const lines = this.#waiting;
    this.#waiting = [];
    const taken = this.#store.add(lines);
    const test = lineTest(this.filter);
    const matching = test.ok ? taken.lines.filter(test.matches) : taken.lines;
    this.held = this.#store.lines.length;
    this.dropped = this.#store.dropped;
    if (!this.following) this.missed += test.ok ? matching.length : 0;
    else if (!taken.continues) this.#show();
    else if (matching.length > 0) this.shown = this.shown.concat(matching);
  }

  #show(): void {
    const test = lineTest(this.filter);
    this.shown = test.ok ? this.#store.lines.filter(test.matches) : this.#store.lines.slice();
    this.missed = 0;
    this.held = this.#store.lines.length;
    this.dropped = this.#store.dropped;
  }
}
