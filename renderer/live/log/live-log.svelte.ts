import type { IpcClient, OpenStream } from '../../bridge/ipc-client';
import type { FleetText, LogLineView } from '../../../shared/ipc';
import { type LogFilter, replication } from './log-filter';
import type { LogRow } from './fold';
import { ShownLog } from './shown-log';
import { isUnread } from '../../../shared/ipc/log-remark';
import { retryAfter } from '../../../shared/base/retry-after';
import { type HeldLine, LogStore } from './log-store';
import type { ServerAddresses } from '../what-was-read';
import { OlderLog } from './older-log.svelte';

/** Lines are shown in strokes of this many milliseconds, however fast they come. */
const STROKE = 100;
/** After a stroke the window does other things for so many times as long as it took. */
const REST = 3;
/** Lines taken in one stroke; 50,000 a second fit. */
const MOST_IN_A_STROKE = 10_000;

/** The merged live log: what is shown, following or paused, and why it stopped. */
export class LiveLog {
  /** Lines that match the filter. */
  shown = $state.raw<readonly HeldLine[]>([]);
  /** The same lines, those that belong together as one row. */
  rows = $state.raw<readonly LogRow[]>([]);
  /** Lines the person marked, to copy them. */
  marked = $state.raw<readonly HeldLine[]>([]);
  filter = $state.raw<LogFilter>(replication);
  following = $state(true);
  /** Lines that matched while paused. */
  missed = $state(0);
  /** Lines held, and dropped to keep the bound. */
  held = $state(0);
  dropped = $state(0);
  /** Why nothing comes; empty while the stream is open. */
  lostBecause = $state('');
  /** Why the filter's text cannot be used; empty: it can. */
  filterFault = $state('');
  readonly #client: IpcClient;
  readonly #store = new LogStore();
  readonly #shown = new ShownLog();
  #waiting: LogLineView[] = [];
  /** Lines that are not here: they came faster than the engine could read them, or the window show them. */
  passed = $state(0);
  #stream: OpenStream | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  /** Streams in a row that ended without a line of a server. */
  #failures = 0;
  #stroke: ReturnType<typeof setTimeout> | undefined;
  /** How long the last stroke took, milliseconds. */
  #took = 0;
  /** Lines that came later than this one are not shown: it is paused. */
  #shownUpTo = Infinity;
  /** What is shown has grown at its beginning, and at nothing else. */
  grewBack = $state(false);
  /** What the servers logged before. */
  readonly older: OlderLog;

  constructor(client: IpcClient) {
    this.#client = client;
    this.older = new OlderLog(client, this.#store, (lines) => this.#takeOlder(lines));
  }

  /**
   * Reads this fleet's logs from now on.
   * @param keep what is held stays: it is the same fleet, perhaps edited. @param reach the servers it has now.
   */
  follow(question: FleetText, keep: boolean, reach: ServerAddresses): void {
    this.stop();
    if (!keep) this.clear();
    this.#store.name([...reach.keys()]);
    this.older.follow(question, reach);
    this.#failures = 0;
    this.#open(question);
  }

  stop(): void {
    clearTimeout(this.#retry);
    this.#stream?.close();
    this.#stream = null;
  }

  clear(): void {
    this.marked = [];
    this.passed = 0;
    this.#store.clear();
    this.#waiting = [];
    this.older.forget();
    this.#show();
  }

  setFilter(filter: LogFilter): void {
    this.filter = filter;
    this.#show();
  }

  clearFilter(): void {
    this.setFilter(replication);
  }

  mark(lines: readonly HeldLine[]): void {
    this.marked = lines;
  }

  /** All lines that are held, whatever the filter hides. */
  get lines(): readonly HeldLine[] {
    return this.#store.lines;
  }

  pause(): void {
    if (!this.following) return;
    this.following = false;
    this.#shownUpTo = this.#store.last;
  }

  /** Reads what the servers logged before; what is shown stays where it is. @param byItself by scrolling, not by the button */
  readOlder(byItself = false): void {
    this.pause();
    void this.older.read(byItself);
  }

  resume(): void {
    this.following = true;
    this.#show();
  }

  #open(question: FleetText): void {
    this.lostBecause = '';
    this.#stream = this.#client.open(
      'logs',
      { fleet: question },
      {
        onItems: (lines) => {
          if (!lines.every(isUnread)) this.#failures = 0;
          this.#wait(lines);
          this.#stroke ??= setTimeout(() => this.#strokeNow(), Math.max(STROKE, REST * this.#took));
        },
        onEnd: (fault) => {
          this.lostBecause = fault?.message ?? 'The log ended.';
          this.#failures += 1;
          this.#retry = setTimeout(() => this.#open(question), retryAfter(this.#failures, Math.random()));
        },
      },
    );
  }

  /** A flood is not let in whole: of what comes within one stroke the newest are taken, and the rest is counted. */
  #wait(lines: readonly LogLineView[]): void {
    this.passed += lines.reduce((sum, { lacks = 0 }) => sum + lacks, 0);
    this.#waiting = this.#waiting.length === 0 ? [...lines] : this.#waiting.concat(lines);
    const over = this.#waiting.length - MOST_IN_A_STROKE;
    if (over <= 0) return;
    const passedOver = this.#waiting.slice(0, over);
    this.#waiting = this.#waiting.slice(over);
    // What tells of lines that are not here is counted by them, whether it is shown or not.
    this.passed += passedOver.filter((line) => line.lacks === undefined).length;
  }

  #strokeNow(): void {
    const began = performance.now();
    this.#stroke = undefined;
    this.#take();
    this.#took = performance.now() - began;
  }

  #take(): void {
    const lines = this.#waiting;
    this.#waiting = [];
    const taken = this.#store.add(lines);
    if (taken.dropped.length > 0) this.older.forget();
    if (this.following) {
      if (!this.#shown.goOn(taken)) return this.#show();
      this.#tell();
    } else if (this.#shown.fault === '') {
      this.missed += this.#shown.matching(taken.lines).length;
      this.#tell();
    }
    this.held = this.#store.lines.length;
    this.dropped = this.#store.dropped;
  }

  #tell(): void {
    this.shown = this.#shown.lines;
    this.rows = this.#shown.rows;
    this.filterFault = this.#shown.fault;
  }

  /** @returns how many of them are shown. */
  #takeOlder(lines: readonly LogLineView[]): number {
    const taken = this.#store.addOlder(lines);
    const [before, missed] = [this.shown.length, this.missed];
    const upTo = this.following ? Infinity : this.#shownUpTo;
    this.#show(upTo);
    if (!this.following) [this.missed, this.grewBack] = [missed, taken.length > 0];
    return this.shown.length - before;
  }

  /** @param upTo the last line that is shown; what came later waits while it is paused. */
  #show(upTo = Infinity): void {
    const { lines, last } = this.#store;
    this.#shownUpTo = Math.min(upTo, last);
    this.#shown.show(this.filter, upTo < last ? lines.filter(({ number }) => number <= upTo) : lines);
    this.#tell();
    this.grewBack = false;
    this.missed = 0;
    this.held = this.#store.lines.length;
    this.dropped = this.#store.dropped;
  }
}
