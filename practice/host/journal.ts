import { randomBytes } from 'node:crypto';
import { cursorOf, parseCursor, type JournalEntry, type JournalLine } from './journal-entry';
import { JournalFile } from './journal-file';
import type { MachineClock } from './machine-clock';

/** As many lines as journald would keep for a small server; older ones are forgotten. */
export const JOURNAL_LINES = 200_000;

/**
 * A machine's journal: numbered lines, kept in memory and in a file, so that they survive a restart of kanidmd and of
 * the practice fleet. Readers pull by number and are told of new lines; nothing is lost or repeated between the two.
 */
export class Journal {
  readonly #file: JournalFile;
  readonly #clock: MachineClock;
  readonly #capacity: number;
  readonly #bootId = randomBytes(16).toString('hex');
  readonly #listeners = new Set<() => void>();
  /** Entries `#first`, `#first + 1`, …: an entry's place is its number minus `#first`. */
  #entries: JournalEntry[];
  #first: number;

  constructor(path: string, clock: MachineClock, capacity = JOURNAL_LINES) {
    this.#clock = clock;
    this.#capacity = capacity;
    this.#file = new JournalFile(path, capacity);
    this.#entries = this.#file.read();
    this.#first = this.#entries[0]?.number ?? 1;
  }

  append(...lines: readonly JournalLine[]): void {
    const entries = lines.map((line, place): JournalEntry => ({
      ...line,
      number: this.#first + this.#entries.length + place,
      realtime: this.#clock.realtime(),
      monotonic: this.#clock.monotonic(),
      bootId: this.#bootId,
      check: randomBytes(8).toString('hex'),
    }));
    for (const entry of entries) this.#entries.push(entry);
    // Forgotten a tenth at a time: dropping one line for each new one would copy the whole array each time.
    if (this.#entries.length > this.#capacity * 1.1) {
      const surplus = this.#entries.length - this.#capacity;
      this.#entries = this.#entries.slice(surplus);
      this.#first += surplus;
    }
    this.#file.append(entries);
    for (const listener of this.#listeners) listener();
  }

  /** The number of the oldest line still kept. */
  get first(): number {
    return this.#first;
  }

  /** The number the next line will get. */
  get next(): number {
    return this.#first + this.#entries.length;
  }

  /** The entry with this number, if it is kept. */
  at(number: number): JournalEntry | undefined {
    return this.#entries[number - this.#first];
  }

  cursor(entry: JournalEntry): string {
    return cursorOf(entry, this.#file.id);
  }

  /** The number of the first line at or after a time, microseconds since the epoch. */
  since(realtime: number): number {
    const place = this.#entries.findIndex((entry) => entry.realtime >= realtime);
    return place < 0 ? this.next : this.#first + place;
  }

  /**
   * The number of the first line after a cursor, or null when it is no cursor. A cursor whose line is forgotten leads to
   * the oldest line kept, one of another journal to the nearest by time, both as journald does it (sd_journal_seek_cursor(3)).
   */
  after(cursor: string): number | null {
    const parsed = parseCursor(cursor);
    if (!parsed) return null;
    if (parsed.journal === this.#file.id)
      return Math.min(Math.max(parsed.number + 1, this.#first), this.next);
    return this.since(parsed.realtime);
  }

  /** Calls back after each new line. Returns the function that ends it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#listeners.clear();
    this.#file.close();
  }
}
