import type { HeadWanted } from '../connection';

/** Gives the pieces of a stream on, as far as they are wanted. */
export class HeadOutput {
  private size = 0;

  constructor(private readonly wanted: HeadWanted) {}

  /** False: no more is wanted. */
  add(chunk: Uint8Array): boolean {
    const left = chunk.subarray(0, this.wanted.maxBytes - this.size);
    this.size += left.length;
    return !this.wanted.take(left) && this.size < this.wanted.maxBytes;
  }
}
