import { messageAndFix } from '../../../shared/base/sentences';
import type { FleetText, LogLineView } from '../../../shared/ipc';
import type { OlderLines, ReadingBack } from '../../../shared/ipc/older-lines';
import { wallNow } from '../../base/clock.svelte';
import type { IpcClient } from '../../bridge/ipc-client';
import type { ServerAddresses } from '../what-was-read';
import type { LogStore } from './log-store';

/** How far a log was read back. */
export interface ReadBack {
  readonly servers: OlderLines['servers'];
  /** Nothing is missing from then on, microseconds, our clock. */
  readonly from: number;
  /** Lines that came with the last reading, and how many of them the filter shows. */
  readonly read: number;
  readonly shown: number;
  /** It brought nothing, and the next would ask the same. */
  readonly stuck: boolean;
}

/** Reads what servers logged before the lines that are held, a stretch at a time. */
export class OlderLog {
  reading = $state(false);
  /** Null: nothing was read back since the log was opened, or it was dropped again. */
  back = $state.raw<ReadBack | null>(null);
  /** Why nothing could be read; empty: it could. */
  fault = $state('');
  /** Lines read back would be dropped at once. */
  full = $state(false);
  #question: FleetText | null = null;
  #reach = $state.raw<ServerAddresses | null>(null);
  /** Servers that keep nothing older, each with how it is reached. */
  #ended = $state.raw<readonly (readonly [server: string, way: string])[]>([]);
  /** What is asked by itself would be asked again. */
  #stuck = false;
  /** Of servers without a line that is held: how far they were read back, microseconds, our clock. */
  #reached: ReadingBack['servers'] = [];
  /** Where the reading began, microseconds, our clock. */
  #before: number | null = null;
  #stop: AbortController | null = null;
  readonly #client: IpcClient;
  readonly #store: LogStore;
  readonly #take: (lines: readonly LogLineView[]) => number;

  /** @param take takes the lines, and says how many of them are shown. */
  constructor(client: IpcClient, store: LogStore, take: (lines: readonly LogLineView[]) => number) {
    this.#client = client;
    this.#store = store;
    this.#take = take;
  }

  /**
   * Reads of this fleet from now on. What is being read of another text of it is dropped.
   * @param reach its servers; what was read of one is forgotten when it is another machine, or reached another way.
   */
  follow(question: FleetText, reach: ServerAddresses): void {
    const former = this.#reach;
    const isSame = (server: string): boolean => former?.get(server) === reach.get(server);
    if (question.text !== this.#question?.text) {
      this.#stop?.abort();
      this.reading = false;
    }
    [this.#question, this.#reach] = [question, reach];
    if (former?.size === reach.size && [...reach.keys()].every(isSame)) return;
    [this.back, this.fault, this.#stuck] = [null, '', false];
    this.#reached = this.#reached.filter(({ server }) => reach.has(server) && isSame(server));
  }

  /** What was read back is not held any more. */
  forget(): void {
    this.#stop?.abort();
    this.#reached = [];
    this.#before = null;
    this.#ended = [];
    this.#stuck = false;
    [this.reading, this.back, this.fault, this.full] = [false, null, '', false];
  }

  /** Some server may keep older lines: one that was never asked, too. */
  get more(): boolean {
    const reach = [...(this.#reach ?? [])];
    const hasEnded = (server: string, way: string): boolean =>
      this.#ended.some(([id, one]) => id === server && one === way);
    return reach.length === 0 || reach.some(([server, way]) => !hasEnded(server, way));
  }

  /**
   * Reads the next stretch, unless one is being read or there is none.
   * @param byItself no person asked for it: not where the last reading brought nothing.
   */
  async read(byItself = false): Promise<void> {
    const fleet = this.#question;
    if (fleet === null || this.reading || !this.more || (byItself && this.#stuck)) return;
    this.full = !this.#store.hasRoom;
    if (this.full) return;
    this.reading = true;
    const stop = new AbortController();
    this.#stop = stop;
    const back = this.#from();
    const answer = await this.#client.ask('logs.older', { fleet, back }, { signal: stop.signal });
    if (stop.signal.aborted) return;
    this.reading = false;
    this.fault = answer.ok ? '' : messageAndFix(answer.error);
    this.#stuck = !answer.ok;
    if (answer.ok) this.#takeAnswer(answer.value, back);
  }

  #takeAnswer(answer: OlderLines, asked: ReadingBack): void {
    const { from } = answer;
    const reach = [...(this.#reach ?? [])];
    const isOurs = ({ server }: { readonly server: string }): boolean => this.#reach?.has(server) === true;
    const [lines, servers] = [answer.lines.filter(isOurs), answer.servers.filter(isOurs)];
    const read = servers.filter(({ fault }) => fault === null).map(({ server }) => server);
    this.#reached = [
      ...this.#reached.filter(({ server }) => !read.includes(server)),
      ...read.map((server) => ({ server, at: Math.max(0, from), clock: 'ours' as const })),
    ];
    this.#ended = reach.filter(([id]) => servers.some(({ server, more }) => server === id && !more));
    const shown = this.#take(lines);
    this.#stuck = isSame(asked, this.#from());
    // Of servers that keep nothing older the log begins with the oldest line that is held.
    const held = [...this.#store.oldest().values()].map(({ at, offset }) => at - offset);
    const begins = servers.every(({ more }) => !more) ? Math.min(from, ...held) : from;
    this.back = { from: begins, servers, read: lines.length, shown, stuck: this.#stuck };
  }

  #from(): ReadingBack {
    this.#before ??= wallNow() * 1000;
    const oldest = this.#store.oldest();
    return {
      before: this.#before,
      servers: [
        ...[...oldest].map(([server, { at, key }]) => ({
          server,
          at: Math.max(0, at),
          clock: 'its' as const,
          key,
        })),
        ...this.#reached.filter(({ server }) => !oldest.has(server)),
      ],
    };
  }
}

/** The same places: of each line that is held the key is one of them. */
const isSame = (one: ReadingBack, other: ReadingBack): boolean => {
  const places = ({ servers }: ReadingBack) =>
    JSON.stringify([...servers].sort((a, b) => (a.server < b.server ? -1 : 1)));
  return places(one) === places(other);
};
