/** What a test can make fail on a machine. */
export type FaultKind = 'sftp-write' | 'rename' | 'exec';

/** Trouble a machine is told to have: the next few operations fail, and every answer comes late. */
export class Faults {
  readonly #left = new Map<FaultKind, number>();
  #delayMs = 0;

  failNext(kind: FaultKind, times: number): void {
    this.#left.set(kind, times);
  }

  /** Whether this operation is one of those that fail; counts it. */
  take(kind: FaultKind): boolean {
    const left = this.#left.get(kind) ?? 0;
    if (left > 0) this.#left.set(kind, left - 1);
    return left > 0;
  }

  /** From now on every command and every SFTP request waits this long before it is looked at. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  async wait(): Promise<void> {
    if (this.#delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.#delayMs));
  }
}
