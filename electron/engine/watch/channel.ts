/**
 * Items pushed by several writers, read by one reader in batches: everything that has come since the last read. Holds
 * at most `limit` items; beyond that the oldest are dropped and counted.
 */
export class Channel<T> implements AsyncIterable<T[]> {
  private items: T[] = [];
  private wake: (() => void) | null = null;
  private closed = false;
  /** Items dropped because the reader was too slow. */
  dropped = 0;

  constructor(private readonly limit = 100_000) {}

  push(item: T): void {
    if (this.closed) return;
    this.items.push(item);
    if (this.items.length > this.limit) {
      this.items.shift();
      this.dropped += 1;
    }
    this.wake?.();
  }

  /** No more items will come; what is there is still read. */
  close(): void {
    this.closed = true;
    this.wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T[]> {
    for (;;) {
      if (this.items.length > 0) {
        const batch = this.items;
        this.items = [];
        yield batch;
      } else if (this.closed) return;
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}
