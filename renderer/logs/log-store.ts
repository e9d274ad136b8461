import type { LogLineView } from '../../shared/ipc';

/** Lines held; with the oldest thousand dropped at a time. At 300 bytes a line this stays under 64 MB. */
export const MOST_LINES = 100_000;
const DROPPED_AT_ONCE = 1000;
/** Characters of a raw line that are kept: a server.toml that does not parse is printed on one line (`kanidm.md`). */
const LONGEST_LINE = 2000;
/** How far back a late line looks for its place. */
const LATE = 500;

/** A line with a number of its own, for keyed lists. */
export interface HeldLine extends LogLineView {
  readonly number: number;
}

/** The merged log, by time, bounded. Lines that come a little late are put where they belong. */
export class LogStore {
  #lines: HeldLine[] = [];
  #last = 0;
  /** Lines dropped since the start to keep the bound. */
  dropped = 0;

  get lines(): readonly HeldLine[] {
    return this.#lines;
  }

  /** Takes lines; returns how many there are new. */
  add(lines: readonly LogLineView[]): number {
    for (const line of lines) this.#insert(line);
    if (this.#lines.length > MOST_LINES) {
      const over = this.#lines.length - MOST_LINES + DROPPED_AT_ONCE;
      this.#lines = this.#lines.slice(over);
      this.dropped += over;
    }
    return lines.length;
  }

  /** Names of the newest lines, to know one that comes again. */
  names(newest: number): ReadonlySet<string> {
    return new Set(this.#lines.slice(-newest).map(nameOf));
  }

  clear(): void {
    this.#lines = [];
    this.dropped = 0;
  }

  #insert(line: LogLineView): void {
    const raw = line.raw.length > LONGEST_LINE ? `${line.raw.slice(0, LONGEST_LINE)}…` : line.raw;
    const held = { ...line, raw, number: (this.#last += 1) };
    let at = this.#lines.length;
    const first = Math.max(0, at - LATE);
    while (at > first && (this.#lines[at - 1]?.at ?? 0) > line.at) at -= 1;
    if (at === this.#lines.length) this.#lines.push(held);
    else this.#lines.splice(at, 0, held);
  }
}

/** Tells a line from every other: when, where and what. */
export const nameOf = (line: LogLineView): string => `${line.at} ${line.server} ${line.raw}`;
