import type { LogLineView } from '../../shared/ipc';

/** The most lines that are held. */
export const MOST_LINES = 1_000_000;
/** The most characters of lines that are held: about 200 MB, for a log is Latin text. */
export const MOST_CHARACTERS = 160_000_000;
/** The share that is dropped at once when a bound is reached: dropping copies what stays. */
const DROPPED_AT_ONCE = 0.02;
/** Characters of a raw line that are kept: a server.toml that does not parse is printed on one line (`kanidm.md`). */
const LONGEST_LINE = 2000;
/** How far back a late line looks for its place. */
const LATE = 500;

/** A line with a number of its own, for keyed lists. */
export interface HeldLine extends LogLineView {
  readonly number: number;
}

/** What came of lines that were taken. */
export interface Taken {
  readonly lines: readonly HeldLine[];
  /** They follow all lines held before, and none was dropped: what was shown can be continued. */
  readonly continues: boolean;
}

/** The merged log, by time, within bounds. Lines that come a little late are put where they belong. */
export class LogStore {
  #lines: HeldLine[] = [];
  #characters = 0;
  #last = 0;
  /** Lines dropped since the start to keep the bounds. */
  dropped = 0;
  readonly #bounds: { readonly lines: number; readonly characters: number };

  constructor(bounds = { lines: MOST_LINES, characters: MOST_CHARACTERS }) {
    this.#bounds = bounds;
  }

  get lines(): readonly HeldLine[] {
    return this.#lines;
  }

  /** Takes lines, and drops the oldest where there are too many. */
  add(lines: readonly LogLineView[]): Taken {
    let continues = true;
    const taken = lines.map((line) => {
      const raw = line.raw.length > LONGEST_LINE ? `${line.raw.slice(0, LONGEST_LINE)}…` : line.raw;
      const held = { ...line, raw, number: (this.#last += 1) };
      this.#characters += sizeOf(held);
      if (!this.#place(held)) continues = false;
      return held;
    });
    if (this.#lines.length <= this.#bounds.lines && this.#characters <= this.#bounds.characters)
      return { lines: taken, continues };
    this.#drop();
    return { lines: taken, continues: false };
  }

  /** Names of the newest lines, to know one that comes again. */
  names(newest: number): ReadonlySet<string> {
    return new Set(this.#lines.slice(-newest).map(nameOf));
  }

  clear(): void {
    this.#lines = [];
    this.#characters = 0;
    this.dropped = 0;
  }

  /** Puts a line by its time; true when that is the end. */
  #place(held: HeldLine): boolean {
    let at = this.#lines.length;
    const first = Math.max(0, at - LATE);
    while (at > first && (this.#lines[at - 1]?.at ?? 0) > held.at) at -= 1;
    if (at === this.#lines.length) return this.#lines.push(held) > 0;
    this.#lines.splice(at, 0, held);
    return false;
  }

  #drop(): void {
    const most = this.#bounds.lines * (1 - DROPPED_AT_ONCE);
    const characters = this.#bounds.characters * (1 - DROPPED_AT_ONCE);
    let over = 0;
    while (this.#lines.length - over > most || (this.#characters > characters && over < this.#lines.length)) {
      const oldest = this.#lines[over];
      if (oldest) this.#characters -= sizeOf(oldest);
      over += 1;
    }
    this.#lines = this.#lines.slice(over);
    this.dropped += over;
  }
}

const sizeOf = (line: LogLineView): number => line.raw.length + line.meaning.length;

/** Tells a line from every other: when, where and what. */
export const nameOf = (line: LogLineView): string => `${line.at} ${line.server} ${line.raw}`;
