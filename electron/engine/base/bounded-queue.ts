import { roughSize } from './rough-size';

/** Held for a reader that is too slow, in bytes. */
const MOST_HELD = 8 * 1024 * 1024;

/**
 * Items pushed by several writers, read by one reader in batches: everything that has come since the last read. Holds
 * a bounded number of bytes; beyond that the oldest are dropped and counted.
 */
export class BoundedQueue<T> implements AsyncIterable<T[]> {
  private items: { readonly item: T; readonly size: number }[] = [];
  /** Where the oldest item that is still held lies in `items`. */
  private oldest = 0;
  private held = 0;
  private wake: (() => void) | null = null;
  private closed = false;
  private lost = 0;
  /** Something was dropped that no batch has come after. */
  private losing = false;

  constructor(private readonly mostHeld = MOST_HELD) {}

  push(item: T): void {
    if (this.closed) return;
    const size = roughSize(item);
    this.items.push({ item, size });
    this.held += size;
    while (this.held > this.mostHeld && this.oldest < this.items.length) {
      this.held -= this.items[this.oldest]?.size ?? 0;
      this.oldest += 1;
      this.lost += 1;
      this.losing = true;
    }
    // What was dropped is let go of now and then, not one by one: moving thousands each time would cost more.
    if (this.oldest > 1000 && this.oldest > this.items.length / 2) this.letGo();
    this.wake?.();
  }

  /** How many were dropped since this was asked last, because the reader was too slow. */
  takeDropped(): number {
    const { lost } = this;
    this.lost = 0;
    return lost;
  }

  /** No more items will come; what is there is still read. */
  close(): void {
    this.closed = true;
    this.wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T[]> {
    for (;;) {
      if (this.oldest < this.items.length || this.losing) {
        this.letGo();
        const batch = this.items.map(({ item }) => item);
        this.items = [];
        this.held = 0;
        this.losing = false;
        yield batch;
      } else if (this.closed) return;
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  private letGo(): void {
    this.items.splice(0, this.oldest);
    this.oldest = 0;
  }
}
