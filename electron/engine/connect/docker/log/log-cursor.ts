import type { LogItem } from '../../connection';

/** A line of a container's log. */
export interface ContainerLine {
  /** The engine's time of it. */
  readonly nanoseconds: bigint;
  readonly text: string;
}

/**
 * A place in a container's log: the engine's time of a line, in nanoseconds, and which of the lines of that very time it
 * is, counted from 1. Lines stay in order in the engine's log, so this finds one line again.
 */
export interface LogCursor {
  readonly nanoseconds: bigint;
  readonly count: number;
}

/** `1764044400123456789/1`. */
export const writeCursor = ({ nanoseconds, count }: LogCursor): string => `${nanoseconds}/${count}`;

/** Null: it is not a cursor. */
export function readCursor(text: string): LogCursor | null {
  const match = /^(\d{1,20})\/(\d{1,9})$/.exec(text);
  return match?.[1] && match[2] ? { nanoseconds: BigInt(match[1]), count: Number(match[2]) } : null;
}

/** `since` as the API wants it: seconds with nine digits after the point. */
export const sinceOf = (nanoseconds: bigint): string => {
  const floor = nanoseconds < 0n ? 0n : nanoseconds;
  return `${floor / 1_000_000_000n}.${String(floor % 1_000_000_000n).padStart(9, '0')}`;
};

/** RFC 3339 with up to nanoseconds, as `timestamps` writes it, in nanoseconds since the epoch; null: it is not a time. */
export function readTimestamp(text: string): bigint | null {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (!match?.[1] || !match[3]) return null;
  const second = secondOf(`${match[1]}${match[3]}`);
  return second === null ? null : second + BigInt(Number((match[2] ?? '').padEnd(9, '0')));
}

let lastText = '';
let lastSecond: bigint | null = null;

/** Lines of one second come in a row: it is read once. */
function secondOf(text: string): bigint | null {
  if (text === lastText) return lastSecond;
  const ms = Date.parse(text);
  lastText = text;
  lastSecond = Number.isFinite(ms) ? BigInt(ms) * 1_000_000n : null;
  return lastSecond;
}

/** Numbers the lines of one reading, which must start at or before the time of any cursor it is compared with. */
export class LineCounter {
  // The two streams of a container may be a little out of order: recent times are kept in two generations.
  private recent = new Map<string, number>();
  private older = new Map<string, number>();
  /** A later time than this has no line yet. */
  private newest = -1n;

  /** The next line, with its place. */
  place({ nanoseconds, text }: ContainerLine): LogItem & { readonly kind: 'line' } {
    if (this.recent.size > MOST_TIMES) {
      this.older = this.recent;
      this.recent = new Map();
    }
    const time = String(nanoseconds);
    const isFirst = nanoseconds > this.newest;
    if (isFirst) this.newest = nanoseconds;
    const count = isFirst ? 1 : (this.recent.get(time) ?? this.older.get(time) ?? 0) + 1;
    this.recent.set(time, count);
    const at = Number(nanoseconds / 1000n);
    return { kind: 'line', source: 'kanidmd', cursor: `${time}/${count}`, at, text };
  }
}

const MOST_TIMES = 5_000;
