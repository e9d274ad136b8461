import type { LogLineView } from '../../../shared/ipc';
import { cutLine, sizeOfLine } from '../../../shared/ipc/log-cut';
import { isRemark, isUnread } from '../../../shared/ipc/log-remark';
import { MOST_OLDER_CHARACTERS, MOST_OLDER_LINES } from '../../../shared/ipc/older-bounds';
import { KnownLines } from './known-lines';

/** The most lines that are held. */
export const MOST_LINES = 1_000_000;
/** The most characters of lines that are held: about 200 MB, for a log is Latin text. */
export const MOST_CHARACTERS = 160_000_000;
/** The share that is dropped at once when a bound is reached: dropping copies what stays. */
const DROPPED_AT_ONCE = 0.02;
/** How far back a late line looks for its place. */
const LATE = 500;

/** A line with a number of its own, for keyed lists. */
export interface HeldLine extends LogLineView {
  readonly number: number;
  /** How often the same was said again, and when last, microseconds, our clock. */
  readonly again?: { readonly times: number; readonly last: number };
}

/** What came of lines that were taken. */
export interface Taken {
  /** Those that were not held yet. */
  readonly lines: readonly HeldLine[];
  /** Some came late: all that is held now from the place of the first of them on. Null: all follow what was held before. */
  readonly late: readonly HeldLine[] | null;
  /** Those that are held no more, the oldest ones. */
  readonly dropped: readonly HeldLine[];
  /** A line that was held says something else now. */
  readonly changed: boolean;
}

/**
 * The merged log, by time, within bounds. Each line is held once, however often it comes: one that says now what it means
 * better than before takes the place of the older one. Lines that come a little late are put where they belong.
 */
export class LogStore {
  #lines: HeldLine[] = [];
  #characters = 0;
  #last = 0;
  /** Older lines are numbered down: whoever knows the last number that was shown knows what came after it. */
  #first = 0;
  readonly #known = new KnownLines<HeldLine>();
  /** Lines dropped since the start to keep the bounds. */
  dropped = 0;
  readonly #bounds: { readonly lines: number; readonly characters: number };

  constructor(bounds = { lines: MOST_LINES, characters: MOST_CHARACTERS }) {
    this.#bounds = bounds;
  }

  get lines(): readonly HeldLine[] {
    return this.#lines;
  }

  /** The number of the line that came last. */
  get last(): number {
    return this.#last;
  }

  /** Lines read back would not be dropped at once. */
  get hasRoom(): boolean {
    const { lines, characters } = this.#bounds;
    const kept = 1 - DROPPED_AT_ONCE;
    return (
      this.#lines.length + MOST_OLDER_LINES <= lines * kept &&
      this.#characters + MOST_OLDER_CHARACTERS <= characters * kept
    );
  }

  /** Of each server the oldest of its lines that are held. */
  oldest(): ReadonlyMap<string, HeldLine> {
    const found = new Map<string, HeldLine>();
    for (const line of this.#lines)
      if (line.server !== '' && !isRemark(line) && !found.has(line.server)) found.set(line.server, line);
    return found;
  }

  /** Takes lines from before those that are held, in order. @returns those that were not held yet */
  addOlder(lines: readonly LogLineView[]): readonly HeldLine[] {
    const taken = lines
      .filter((line) => this.#known.find(line) === null)
      .map((line): HeldLine => ({ ...cutLine(line), number: (this.#first -= 1) }));
    for (const line of taken) {
      this.#characters += sizeOfLine(line);
      this.#known.add(line);
    }
    // What is held begins within them at most a little: the two are merged there, and the rest follows.
    const merged: HeldLine[] = [];
    let at = 0;
    for (const line of taken) {
      for (let held = this.#lines[at]; held && isBefore(held, line); held = this.#lines[at]) {
        merged.push(held);
        at += 1;
      }
      merged.push(line);
    }
    this.#lines = merged.concat(this.#lines.slice(at));
    return taken;
  }

  /** The fleet has these servers from now on: lines of others may come again under a new name. */
  name(servers: readonly string[]): void {
    this.#known.name(servers);
  }

  /** Takes lines, and drops the oldest where there are too many. */
  add(lines: readonly LogLineView[]): Taken {
    let changed = false;
    let first = Infinity;
    const end = this.#lines.length;
    const taken: HeldLine[] = [];
    for (const line of lines) {
      const known = this.#known.find(line);
      if (known !== null) {
        if (this.#renew(known, line)) changed = true;
        continue;
      }
      const held = { ...cutLine(line), number: (this.#last += 1) };
      this.#characters += sizeOfLine(held);
      this.#known.add(held);
      first = Math.min(first, this.#place(held));
      taken.push(held);
    }
    // Those of one batch may have come out of order too.
    const inOrder = first < end ? taken : this.#lines.slice(end);
    const isOver = this.#lines.length > this.#bounds.lines || this.#characters > this.#bounds.characters;
    const dropped = isOver ? this.#drop() : [];
    const late = first < end ? this.#lines.slice(Math.max(0, first - dropped.length)) : null;
    return { lines: inOrder, late, dropped, changed: changed || (late === null && dropped.length > end) };
  }

  clear(): void {
    this.#lines = [];
    this.#characters = 0;
    this.#known.clear();
    this.dropped = 0;
  }

  /** Puts a line by its time. @returns where */
  #place(held: HeldLine): number {
    let at = this.#lines.length;
    const first = Math.max(0, at - LATE);
    while (at > first && isBefore(held, this.#lines[at - 1])) at -= 1;
    if (at === this.#lines.length) this.#lines.push(held);
    else this.#lines.splice(at, 0, held);
    return at;
  }

  /** A line that came again stays where it is; true when it says something else than before. */
  #renew(known: HeldLine, line: LogLineView): boolean {
    const at = this.#lines.lastIndexOf(known);
    const { number, again } = known;
    const held: HeldLine = isUnread(line)
      ? { ...cutLine(line), at: known.at, number, again: { times: (again?.times ?? 0) + 1, last: line.at } }
      : // Who reads from the middle of a start on does not know that it is one.
        { ...cutLine(line), number, group: known.group ?? line.group };
    if (at < 0 || saysTheSame(known, held)) return false;
    this.#characters += sizeOfLine(held) - sizeOfLine(known);
    this.#known.remove(known);
    this.#known.add(held);
    this.#lines[at] = held;
    return true;
  }

  #drop(): readonly HeldLine[] {
    const most = this.#bounds.lines * (1 - DROPPED_AT_ONCE);
    const characters = this.#bounds.characters * (1 - DROPPED_AT_ONCE);
    let over = 0;
    while (this.#lines.length - over > most || (this.#characters > characters && over < this.#lines.length)) {
      const oldest = this.#lines[over];
      if (oldest) {
        this.#characters -= sizeOfLine(oldest);
        this.#known.remove(oldest);
      }
      over += 1;
    }
    const dropped = this.#lines.slice(0, over);
    this.#lines = this.#lines.slice(over);
    this.dropped += over;
    return dropped;
  }
}

/** Of one server the lines stay in the order they were written in, whatever its clock was measured to be. */
function isBefore(line: LogLineView, other: LogLineView | undefined): boolean {
  if (other === undefined) return false;
  if (line.server === other.server && line.offset !== other.offset) return line.at < other.at;
  return timeOf(line) < timeOf(other);
}

const timeOf = ({ at, offset }: LogLineView): number => at - offset;

const saysTheSame = (one: HeldLine, other: HeldLine): boolean =>
  one.server === other.server &&
  one.level === other.level &&
  one.meaning === other.meaning &&
  one.raw === other.raw &&
  one.again?.last === other.again?.last &&
  one.pull?.supplier === other.pull?.supplier &&
  one.pull?.consumer === other.pull?.consumer;
