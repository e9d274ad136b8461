/**
 * A machine's clocks: wall clock and the time since it booted, in microseconds as systemd and journald count them.
 * All that a machine says about time (journal, `systemctl show`, `date`, `/proc/uptime`) comes from here, so it agrees.
 */
export class MachineClock {
  readonly #bootedAt: bigint;
  readonly #offsetMicros: number;
  /** The millisecond seen last, and when it was first seen: what passed since then are its microseconds. */
  #millisecond = 0;
  #seenAt = 0n;

  /**
   * @param options.uptimeSeconds how long the machine has been up when it is made.
   * @param options.offsetMs how far its wall clock is wrong, positive when it is ahead.
   */
  constructor(options: { readonly uptimeSeconds?: number; readonly offsetMs?: number } = {}) {
    const uptime = BigInt(Math.round((options.uptimeSeconds ?? 5_000) * 1e6)) * 1000n;
    this.#bootedAt = process.hrtime.bigint() - uptime;
    this.#offsetMicros = (options.offsetMs ?? 0) * 1000;
  }

  /** Microseconds since the epoch. From `Date`, not from a clock that stands still while a laptop sleeps. */
  realtime(): number {
    const millisecond = Date.now();
    const now = process.hrtime.bigint();
    if (millisecond !== this.#millisecond) {
      this.#millisecond = millisecond;
      this.#seenAt = now;
    }
    const micros = Math.min(Number((now - this.#seenAt) / 1000n), 999);
    return millisecond * 1000 + micros + this.#offsetMicros;
  }

  /** Microseconds since boot. */
  monotonic(): number {
    return Number((process.hrtime.bigint() - this.#bootedAt) / 1000n);
  }
}
