import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ReadLine, readLine } from '../../../shared/kanidmd/log-line';
import { shortened } from '../../../shared/kanidmd/span-text';
import type { LogItem, ServerConnection } from '../connect/connection';
import { BoundedQueue } from '../base/bounded-queue';
import { errorOf, unexpectedOf } from '../base/unexpected';

/** A log is followed from so long ago, no matter who asks first: who reads it next finds what a window shows. Milliseconds. */
const BACK_MS = 6 * 60_000;
/** Characters of lines kept for readers to come; beyond it the oldest go. */
const MOST_KEPT = 2_000_000;
/** Kept beyond this many when it is tidied: moving the lines each time would cost more. */
const TIDY_AT = 1000;
/** Items of one batch that readers get in one turn: the longest lines of so many, taken apart, are half of what a reader may hold. */
const TOLD_AT_ONCE = 250;

/** Where a reader begins, and the server's clock now: milliseconds since the epoch. */
export interface TailStart {
  readonly since: number;
  readonly now: number;
}

/** An item of a log, each line taken apart once for all who read it. */
export type TailItem =
  | (LogItem & { readonly kind: 'line'; readonly read: ReadLine | null })
  | (LogItem & { readonly kind: 'gap' | 'fault' });

/**
 * The log of one server, followed once for everybody who reads it: the first reader opens the stream, the last one closes
 * it. Every reader gets every line since its own start in order, and the fault the stream ends with; a reader that is too
 * slow ends with a fault of its own.
 */
export class LogTail {
  private stream: Stream | null = null;

  /**
   * @param server its id.
   * @param note an exception where none was expected, for the log file.
   */
  constructor(
    private readonly server: string,
    private readonly note: (doing: string, cause: unknown) => void,
  ) {}

  /** Readers now. */
  get readers(): number {
    return this.stream?.readers.size ?? 0;
  }

  /** Items as `ServerConnection.logs` gives them with `follow`, in batches: a fault is the last. */
  async *read(
    connection: ServerConnection,
    start: TailStart,
    signal: AbortSignal,
  ): AsyncGenerator<readonly TailItem[], void, undefined> {
    if (signal.aborted) return;
    const stream = this.stream ?? this.open(connection, Math.min(start.since, start.now - BACK_MS));
    const since = start.since * 1000;
    const kept = stream.lines(since);
    const lacks = stream.from > since ? (kept[0] ?? null) : undefined;
    const from = stream.from;
    const channel = new BoundedQueue<TailItem>();
    const leave = (): void => channel.close();
    const isOver = (): boolean => signal.aborted;
    signal.addEventListener('abort', leave, { once: true });
    stream.readers.add(channel);
    if (stream.over) channel.close();
    try {
      if (lacks !== undefined) yield* earlier(connection, start.since, lacks, from, signal);
      if (kept.length > 0) yield kept;
      // Lines come in order; only what the stream began with may be older than this reader wants. A clock may be set back later.
      let begun = kept.length > 0;
      for await (const batch of channel) {
        if (isOver()) return;
        // What has come lies behind the gap: told, it would be where the next reading goes on.
        if (channel.takeDropped() > 0) {
          yield [{ kind: 'fault', fault: tooFast(this.server) }];
          return;
        }
        const items = batch.filter((item) => {
          begun ||= item.kind === 'line' && item.at >= since;
          return begun || item.kind !== 'line';
        });
        if (items.length > 0) yield items;
      }
    } finally {
      signal.removeEventListener('abort', leave);
      stream.readers.delete(channel);
      if (stream.readers.size === 0) this.end(stream);
    }
  }

  private open(connection: ServerConnection, since: number): Stream {
    const stream = new Stream(since * 1000);
    this.stream = stream;
    void this.follow(connection, since, stream)
      .catch((cause: unknown) => {
        this.note(`${this.server}: following its log`, errorOf(cause));
        stream.tell({ kind: 'fault', fault: unexpectedOf(this.server, 'reading its log', cause) });
      })
      .finally(() => {
        stream.over = true;
        for (const reader of stream.readers) reader.close();
        this.end(stream);
      });
    return stream;
  }

  private async follow(connection: ServerConnection, since: number, stream: Stream): Promise<void> {
    const { signal } = stream.stop;
    for await (const items of connection.logs({ since }, { follow: true, signal })) {
      for (let at = 0; at < items.length; at += TOLD_AT_ONCE) {
        // Readers take what they have in between: a long batch is no reader's slowness.
        if (at > 0) await nextTurn();
        if (signal.aborted) return;
        for (const item of items.slice(at, at + TOLD_AT_ONCE)) stream.tell(item);
      }
      if (items.at(-1)?.kind === 'fault') return;
    }
  }

  private end(stream: Stream): void {
    stream.stop.abort();
    if (this.stream === stream) this.stream = null;
  }
}

type Line = TailItem & { readonly kind: 'line' };

/** What is kept of a line must not keep the whole of a long one in memory. */
const taken = (item: LogItem): TailItem =>
  item.kind === 'line' ? { ...item, read: readLine(shortened(item.text)) } : item;

/** A stream that is open: who reads it, and its newest lines. */
class Stream {
  readonly stop = new AbortController();
  readonly readers = new Set<BoundedQueue<TailItem>>();
  over = false;
  private kept: Line[] = [];
  private oldest = 0;
  private held = 0;

  /** @param from what came since then is kept, as far as nothing was dropped; microseconds, the server's clock. */
  constructor(public from: number) {}

  tell(told: LogItem): void {
    const item = taken(told);
    if (item.kind === 'line') this.keep(item);
    for (const reader of this.readers) reader.push(item);
  }

  /** What is kept from the first line of a time on, microseconds. */
  lines(since: number): readonly Line[] {
    const first = this.kept.findIndex((it, index) => index >= this.oldest && it.at >= since);
    return first < 0 ? [] : this.kept.slice(first);
  }

  private keep(line: Line): void {
    this.kept.push(line);
    this.held += line.text.length;
    for (;;) {
      const first = this.kept[this.oldest];
      if (first === undefined || first === line) break;
      if (this.held <= MOST_KEPT && line.at - first.at <= BACK_MS * 1000) break;
      this.held -= first.text.length;
      this.oldest += 1;
      this.from = Math.max(this.from, first.at + 1);
    }
    if (this.oldest < TIDY_AT || this.oldest < this.kept.length / 2) return;
    this.kept.splice(0, this.oldest);
    this.oldest = 0;
  }
}

/**
 * What lies before the lines that are kept.
 * @param next the first line that is kept: read up to it; null: none is, and the stream goes on from `from`, microseconds.
 */
async function* earlier(
  connection: ServerConnection,
  since: number,
  next: Line | null,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<readonly TailItem[], void, undefined> {
  for await (const batch of connection.logs({ since }, { follow: false, signal })) {
    const end = batch.findIndex(
      (item) =>
        item.kind === 'fault' ||
        (item.kind === 'line' &&
          (next === null ? item.at >= from : item.cursor === next.cursor || item.at > next.at)),
    );
    const last = batch[end];
    const items = (last === undefined ? batch : batch.slice(0, end)).map(taken);
    if (last?.kind === 'fault')
      items.push({
        kind: 'gap',
        reason: `what was logged before could not be read: ${last.fault.message}`,
      });
    if (items.length > 0) yield items;
    if (last !== undefined) return;
  }
}

const tooFast = (server: string) => ({
  code: 'log-too-fast',
  message: 'The log came faster than it could be read.',
  fix: 'Read it on the server.',
  where: { server },
});
