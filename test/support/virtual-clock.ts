import type { Clock } from '../../electron/engine/base/time';
import { wallNow } from '../../electron/engine/base/time';

/**
 * A clock whose time passes only while somebody sleeps, and then at once: an hour of waiting takes no time. What is to
 * happen meanwhile (`after`) happens in its order, before the sleeper wakes.
 */
export class VirtualClock implements Clock {
  private passed = 0;
  private readonly epoch = Math.round(wallNow());
  private readonly sleepers = new Set<{ readonly at: number; wake(): void }>();
  private readonly events: { readonly at: number; run(): void }[] = [];
  private pumping = false;
  private held = false;

  readonly now = (): number => this.epoch + this.passed;
  readonly monotonic = (): number => this.passed;

  readonly sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const wake = (): void => {
        this.sleepers.delete(sleeper);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper = { at: this.passed + ms, wake };
      this.sleepers.add(sleeper);
      signal.addEventListener('abort', wake, { once: true });
      this.pump();
    });

  /** Has something happen when so much time has passed, though nobody waits for it. */
  after(ms: number, run: () => void): void {
    this.events.push({ at: this.passed + ms, run });
    this.events.sort((a, b) => a.at - b.at);
  }

  /** Lets no time pass, however long files take to be read, until what comes back is called. */
  hold(): () => void {
    this.held = true;
    return () => {
      this.held = false;
      this.pump();
    };
  }

  /** Lets time pass. */
  advance(ms: number): void {
    const end = this.passed + ms;
    for (let next = this.events[0]; next !== undefined && next.at <= end; next = this.events[0]) {
      this.events.shift();
      this.passed = next.at;
      next.run();
    }
    this.passed = end;
  }

  /** Wakes who sleeps shortest, once everything that can go on without time has gone on. */
  private pump(): void {
    if (this.pumping) return;
    this.pumping = true;
    setImmediate(() => {
      this.pumping = false;
      if (this.held) return;
      const next = Math.min(...[...this.sleepers].map((it) => it.at));
      if (next === Infinity) return;
      this.advance(Math.max(0, next - this.passed));
      for (const sleeper of [...this.sleepers]) if (sleeper.at <= this.passed) sleeper.wake();
      this.pump();
    });
  }
}
