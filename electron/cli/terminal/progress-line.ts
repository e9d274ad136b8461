import { onOneLine } from '../../../shared/base/escape-controls';

/** Where the line is drawn: standard error, when that is a terminal. */
export interface ProgressPlace {
  readonly write: (text: string) => void;
  /** The width of the terminal, asked each time: windows are resized. */
  readonly columns: () => number;
}

/** Work that is over sooner says nothing. */
const FIRST_AFTER_MS = 1_000;
const EVERY_MS = 1_000;
/** Back to the line's start, and clear it (ECMA-48, EL). */
const CLEAR = '\r\u001B[K';

/**
 * One line that says what is waited for, and since when. It is cleared before anything else is printed and while a person
 * is asked, so that it is never part of what stays on the screen.
 */
export class ProgressLine {
  #what: string | null = null;
  #since = 0;
  #drawn = false;
  #held = 0;

  /** @param place null: nobody looks, and nothing is ever drawn. */
  constructor(
    private readonly place: ProgressPlace | null,
    private readonly monotonic: () => number,
  ) {}

  /** Shows the line while work goes on. Work within other work shows its own words. @returns what the work gives. */
  async during<T>(what: string, work: () => Promise<T>): Promise<T> {
    if (this.place === null) return work();
    const outer = { what: this.#what, since: this.#since };
    [this.#what, this.#since] = [what, this.monotonic()];
    const timer = setInterval(() => this.#draw(), EVERY_MS);
    timer.unref();
    try {
      return await work();
    } finally {
      clearInterval(timer);
      this.clear();
      [this.#what, this.#since] = [outer.what, outer.since];
    }
  }

  /** Takes the line away, for something that is printed now; it comes back by itself. */
  clear(): void {
    if (!this.#drawn) return;
    this.#drawn = false;
    this.place?.write(CLEAR);
  }

  /** Takes the line away for as long as a person is asked. */
  async held<T>(ask: () => Promise<T>): Promise<T> {
    this.clear();
    this.#held += 1;
    try {
      return await ask();
    } finally {
      this.#held -= 1;
    }
  }

  #draw(): void {
    if (this.#what === null || this.#held > 0 || this.place === null) return;
    const passed = this.monotonic() - this.#since;
    if (passed < FIRST_AFTER_MS) return;
    const line = `${onOneLine(this.#what)} (${Math.floor(passed / 1000)} s)`;
    // One column is left free: a full line would wrap, and its first part stay.
    const room = Math.max(0, this.place.columns() - 1);
    this.#drawn = true;
    this.place.write(`${CLEAR}${[...line].slice(0, room).join('')}`);
  }
}
