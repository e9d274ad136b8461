import type { Fault } from '../../../../shared/base/result';
import type { LogBound, LogItem, LogStart, OlderLog } from '../connection';

/** The nil uuid: kanidmd's lines that belong to no span (`kanidm.md`, "What commands print"). */
const NO_SPAN = '00000000-0000-0000-0000-000000000000';

interface LoggedLine {
  readonly at: number;
  readonly text: string;
}

/** The log of a fake server: lines with a time and a cursor, read from either, followed until the signal aborts. */
export class FakeLog {
  private readonly lines: LoggedLine[] = [];
  private readonly waiting = new Set<() => void>();

  /** @param now the server's clock, milliseconds. */
  constructor(private readonly now: () => number) {}

  /** A line as kanidmd prints one outside a span. */
  say(level: 'info' | 'warn' | 'error', message: string): void {
    this.write(`${NO_SPAN} ${level.toUpperCase().padEnd(8)} ｉ [${level}]: ${message}`);
  }

  /** Any line. @param atMs the server's clock. */
  write(text: string, atMs = this.now()): void {
    const last = this.lines.at(-1)?.at ?? 0;
    // Two lines are never of one moment: their order is their time's.
    this.lines.push({ at: Math.max(last + 1, Math.round(atMs * 1000)), text });
    for (const wake of this.waiting) wake();
  }

  async *read(
    from: LogStart,
    { follow, signal }: { readonly follow: boolean; readonly signal: AbortSignal },
  ): AsyncIterable<readonly LogItem[]> {
    let next =
      'cursor' in from
        ? this.lines.findIndex((it) => String(it.at) === from.cursor) + 1
        : this.lines.findIndex((it) => it.at >= from.since * 1000);
    if (next < 0) next = this.lines.length;
    while (!signal.aborted) {
      const line = this.lines[next];
      if (line !== undefined) {
        next += 1;
        yield [itemOf(line)];
      } else if (follow) await this.more(signal);
      else return;
    }
  }

  /** The newest lines up to a time, microseconds. */
  before(time: number, { lines, characters, held }: LogBound): OlderLog {
    const older = this.lines.filter((it) => it.at <= time && String(it.at) !== held);
    let room = characters;
    const newest = older.slice(-lines).reverse();
    // The newest one always: a reading that brings nothing never gets further.
    const end = newest.findIndex((it, index) => (room -= it.text.length) < 0 && index > 0);
    const kept = (end < 0 ? newest : newest.slice(0, end)).reverse();
    const items = kept.map((it) => itemOf(it));
    return { items, from: older.length > kept.length ? (kept[0]?.at ?? time) : null };
  }

  /** A reading that ends with a fault at once. */
  async *broken(fault: Fault): AsyncIterable<readonly LogItem[]> {
    yield await Promise.resolve([{ kind: 'fault' as const, fault }]);
  }

  private more(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.waiting.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }
}

const itemOf = (line: LoggedLine) =>
  ({ kind: 'line', cursor: String(line.at), source: 'kanidmd', ...line }) as const;
