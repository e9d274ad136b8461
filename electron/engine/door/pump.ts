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

/** A screen shows 60 pictures a second; more messages than that only cost. */
const BETWEEN_BATCHES_MS = 16;
const MOST_IN_A_BATCH = 1000;
/** Read ahead of the window by this much, then the source waits. */
const MOST_READ_AHEAD = 4000;

/**
 * Sends what a source yields in batches, at most about 60 a second.
 *
 * @param source read as fast as its items are taken
 * @param options `credit` null: never held back. `signal`: when it aborts, `dropped` sources are left at once, others
 *   are sent to their end
 * @returns resolves when everything was sent, or after the abort; rejects with what the source threw
 */
export async function pump<T>(
  source: AsyncIterable<T>,
  options: {
    readonly send: (items: readonly T[]) => void;
    readonly credit: Credit | null;
    readonly signal: AbortSignal;
    readonly dropped: boolean;
  },
): Promise<void> {
  const { credit, dropped, signal } = options;
  const aborted = dropped ? whenAborted(signal) : new Promise<never>(() => undefined);
  const waiting: T[] = [];
  const arrived = new Bell();
  const taken = new Bell();
  let over = false;

  const read = async (): Promise<void> => {
    try {
      for await (const item of source) {
        if (dropped && signal.aborted) return;
        waiting.push(item);
        arrived.ring();
        while (credit !== null && waiting.length >= MOST_READ_AHEAD && !signal.aborted) await taken.heard();
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
      options.send(waiting.splice(0, MOST_IN_A_BATCH));
      taken.ring();
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_BATCHES_MS));
    }
  };
  await Promise.race([Promise.all([read(), write()]), aborted]);
  taken.ring();
}

/** Wakes whoever listens; a ring that nobody hears is lost, so listeners look before they listen. */
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
