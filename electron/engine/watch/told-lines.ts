/** Keys that are remembered at least: far more than the lines of one moment, or of the minutes a clock is set back by. */
export const MOST_REMEMBERED = 10_000;

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
  // Two generations: to take the oldest one out of a large set costs more than all else that is done with a line.
  private newer = new Set<string>();
  private older = new Set<string>();

  /** Where to read on, milliseconds, the server's clock. @param now of the server. @param first where it begins. */
  since(now: number, first: number): number {
    // A server whose clock was set back writes times that were told before.
    return this.last === null ? first : Math.min(Math.floor(this.last.at / 1000), now);
  }

  /** Takes a line; false: it was told before. @param key empty: it cannot be told from another. */
  take(key: string, at: number): boolean {
    if (key !== '') {
      if (this.newer.has(key) || this.older.has(key)) return false;
      if (this.newer.size >= MOST_REMEMBERED) {
        this.older = this.newer;
        this.newer = new Set();
      }
      this.newer.add(key);
    }
    this.last = { key, at };
    this.count += 1;
    return true;
  }
}
