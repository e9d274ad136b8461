/**
 * Choices for building a random value, read from bytes that fast-check makes and shrinks. At the end of the tape every
 * choice is the first one, so a short tape, or one of zeros, builds the plainest value.
 */
export class Tape {
  private at = 0;
  constructor(private readonly bytes: Uint8Array) {}

  /** A number from 0 up to `count`, at most 256. */
  pick(count: number): number {
    const byte = this.bytes[this.at] ?? 0;
    this.at += 1;
    return byte % count;
  }

  oneOf<T>(items: readonly [T, ...T[]]): T {
    return items[this.pick(items.length)] ?? items[0];
  }

  /** True about `percent` times in a hundred; false at the end of the tape. */
  chance(percent: number): boolean {
    return this.pick(100) >= 100 - percent;
  }

  shuffled<T>(items: readonly T[]): T[] {
    const rest = [...items];
    const result: T[] = [];
    while (rest.length > 0) result.push(...rest.splice(this.pick(rest.length), 1));
    return result;
  }
}
