/** Keys that are remembered: far more than the lines of one moment, or of the minutes a clock is set back by. */
const MOST_REMEMBERED = 10_000;

/** Where a line stands in its server's log. */
export interface Place {
  readonly key: string;
  /** Microseconds, the server's clock. */
  readonly at: number;
}

/** The lines of one server that were told already: a log that is read again goes on after them. */
export class ToldLines {
  /** The newest. */
  last: Place | null = null;
  count = 0;
  private readonly keys = new Set<string>();

  /** Where to read on, milliseconds, the server's clock. @param now of the server. @param first where it begins. */
  since(now: number, first: number): number {
    // A server whose clock was set back writes times that were told before.
    return this.last === null ? first : Math.min(Math.floor(this.last.at / 1000), now);
  }

  /** Takes a line; false: it was told before. @param key empty: it cannot be told from another. */
  take(key: string, at: number): boolean {
    if (key !== '') {
      if (this.keys.has(key)) return false;
      this.keys.add(key);
      if (this.keys.size > MOST_REMEMBERED) this.keys.delete(this.keys.values().next().value ?? '');
    }
    this.last = { key, at };
    this.count += 1;
    return true;
  }
}
