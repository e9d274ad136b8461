import { describe, expect, it } from 'vitest';
import { type Clock, serverTime, until } from './time';

/** Two clocks that a test moves. A rest lasts as long as was asked, unless the computer sleeps over it. */
function stage() {
  const at = { wall: 1_000_000, monotonic: 500 };
  let oversleep = 0;
  const clock: Clock = {
    now: () => at.wall,
    monotonic: () => at.monotonic,
    sleep: async (ms) => {
      at.wall += ms + oversleep;
      at.monotonic += ms + oversleep;
      oversleep = 0;
    },
  };
  return { at, clock, oversleepNext: (ms: number) => void (oversleep = ms) };
}
const signal = new AbortController().signal;
const limit = { timeoutMs: 10_000, everyMs: 1000, signal };

describe('a wait', () => {
  it.each([-3_600_000, 3_600_000])(
    'is as long as it is, with the clock set by %d ms meanwhile',
    async (step) => {
      const { at, clock } = stage();
      let looks = 0;
      const outcome = await until(clock, limit, async () => {
        looks += 1;
        if (looks === 2) at.wall += step;
        return { done: false, last: looks };
      });
      expect(outcome).toEqual({ done: false, last: 11 });
    },
  );

  it('is not over because the computer slept', async () => {
    const { clock, oversleepNext } = stage();
    let looks = 0;
    const outcome = await until(clock, limit, async () => {
      looks += 1;
      if (looks === 2) oversleepNext(8 * 3_600_000);
      return looks === 8 ? { done: true, value: looks } : { done: false, last: looks };
    });
    expect(outcome).toEqual({ done: true, value: 8 });
  });
});

describe('a server’s clock', () => {
  it('goes on from where it was read, whatever ours is set to', () => {
    const { at, clock } = stage();
    const facts = { clockOffsetMs: 70, clockReadAt: { ...at } };
    expect(serverTime(facts, clock)).toBe(1_000_070);
    at.monotonic += 4000;
    at.wall -= 3_600_000;
    expect(serverTime(facts, clock)).toBe(1_004_070);
  });

  it('is ours where it could not be read', () => {
    const { clock } = stage();
    expect(serverTime(null, clock)).toBe(1_000_000);
  });
});
