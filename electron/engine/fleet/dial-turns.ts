import type { Clock } from '../base/time';
import { Gate } from '../connect/common/gate';

/** Servers that are dialled at once. */
const AT_ONCE = 32;
/** One that is silent for so long makes room for the next: it holds up nobody. Milliseconds. */
const HELD_MS = 3000;

/** Lets few servers be dialled in one moment, however many a fleet has: each in its turn, in the order they came. */
export class DialTurns {
  private readonly gate = new Gate(AT_ONCE);

  constructor(private readonly clock: Clock) {}

  /** Dials when it is its turn. @param signal ends the wait; then it is for `dial` to say so. */
  async take<T>(signal: AbortSignal, dial: () => Promise<T>): Promise<T> {
    const turn = await this.gate.enter([signal]);
    if (!turn.ok) return dial();
    const over = new AbortController();
    void this.clock.sleep(HELD_MS, over.signal).then(turn.value);
    try {
      return await dial();
    } finally {
      over.abort();
      turn.value();
    }
  }
}
