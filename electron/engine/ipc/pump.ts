import { roughSize } from '../base/rough-size';

/** How many batches the window still takes; it gives the first credit when it opens the stream. */
export class Credit {
  #left = 0;
  #granted: (() => void) | null = null;

  grant(batches: number): void {
    this.#left += batches;
    this.#granted?.();
  }

  /** Resolves when a batch may be sent, and counts it. */
  async take(): Promise<void> {
    while (this.#left === 0) {
      await new Promise<void>((resolve) => {
        this.#granted = resolve;
      });
    }
    this.#left -= 1;
  }
}

/** A screen shows 60 pictures a second; small messages more often than that only cost. What fills one goes at once. */
const BETWEEN_BATCHES_MS = 16;
const MOST_IN_A_BATCH = 1000;
/** Of one message, in bytes; a larger item goes alone. */
const LARGEST_BATCH = 1024 * 1024;
/** Read ahead of the window by this much, then the source waits: nothing is dropped here. */
const MOST_READ_AHEAD = 4000;
const MOST_HELD = 8 * 1024 * 1024;

/**
 * Sends what a source yields in batches: full ones as fast as they come, others at most about 60 a second.
 *
 * @param source in batches of its own, read as fast as their items are taken
 * @param options `credit` null: never held back. `signal`: when it aborts, `dropped` sources are left at once, others
 *   are sent to their end
 * @returns resolves when everything was sent, or after the abort; rejects with what the source threw
 */
export async function pump<T>(
  source: AsyncIterable<readonly T[]>,
  options: {
    readonly send: (items: readonly T[]) => void;
    readonly credit: Credit | null;
    readonly signal: AbortSignal;
    readonly dropped: boolean;
  },
): Promise<void> {
  const { credit, dropped, signal } = options;
  const aborted = dropped ? whenAborted(signal) : new Promise<never>(() => undefined);
  const waiting = new Waiting<T>();
  const arrived = new Bell();
  const taken = new Bell();
  let over = false;

  const read = async (): Promise<void> => {
    try {
      for await (const items of source) {
        for (const item of items) {
          if (dropped && signal.aborted) return;
          waiting.push(item);
          // Work is never held back by a window, only by its own messages being sent.
          while (waiting.isFull(credit !== null) && !(dropped && signal.aborted)) {
            arrived.ring();
            await taken.heard();
          }
        }
        arrived.ring();
      }
    } finally {
      over = true;
      arrived.ring();
    }
  };
  const write = async (): Promise<void> => {
    while (!over || waiting.length > 0) {
      if (waiting.length === 0) {
        await arrived.heard();
        continue;
      }
      await credit?.take();
      if (dropped && signal.aborted) return;
      options.send(waiting.take());
      taken.ring();
      if (waiting.hasBatch) await new Promise((resolve) => setImmediate(resolve));
      else await new Promise((resolve) => setTimeout(resolve, BETWEEN_BATCHES_MS));
    }
  };
  await Promise.race([Promise.all([read(), write()]), aborted]);
  taken.ring();
}

/** Items that were read and not sent yet. */
class Waiting<T> {
  #items: { readonly item: T; readonly size: number }[] = [];
  #held = 0;

  get length(): number {
    return this.#items.length;
  }

  /** Whether a message is full with what is there. */
  get hasBatch(): boolean {
    return this.#items.length >= MOST_IN_A_BATCH || this.#held >= LARGEST_BATCH;
  }

  push(item: T): void {
    const size = roughSize(item);
    this.#items.push({ item, size });
    this.#held += size;
  }

  /** @param counting whether their number counts beside their bytes. */
  isFull(counting: boolean): boolean {
    return this.#held >= MOST_HELD || (counting && this.#items.length >= MOST_READ_AHEAD);
  }

  /** The next batch, at least one. */
  take(): T[] {
    let size = 0;
    let count = 0;
    for (const next of this.#items) {
      if (count >= MOST_IN_A_BATCH || (count > 0 && size + next.size > LARGEST_BATCH)) break;
      size += next.size;
      count += 1;
    }
    this.#held -= size;
    return this.#items.splice(0, count).map(({ item }) => item);
  }
}

/** Wakes the listeners; a ring that nobody hears is lost, so listeners look before they listen. */
class Bell {
  #listeners: (() => void)[] = [];

  ring(): void {
    for (const wake of this.#listeners.splice(0)) wake();
  }

  heard(): Promise<void> {
    return new Promise((resolve) => this.#listeners.push(resolve));
  }
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
