import { expect, it } from 'vitest';
import { fail, ok } from '../../../../shared/base/result';
import { believedTime, clockOffset } from './server-clock';

const NOW = Date.parse('2026-11-28T12:00:00Z');

it.each([
  ['this very moment', NOW, NOW],
  ['1970, as a machine without a battery', 0, 0],
  ['2099', Date.parse('2099-01-01'), Date.parse('2099-01-01')],
  ['the last date there is', 8.64e15, null],
  ['the first date there is', -8.64e15, null],
  ['more than any date', 1e33, null],
  ['no end', Infinity, null],
  ['no number', NaN, null],
])('a server’s clock that shows %s', (_, shown, believed) => {
  expect(believedTime(shown, NOW)).toBe(believed);
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('a clock is compared by the quickest of its readings', async () => {
  let readings = 0;
  const offset = await clockOffset(async () => {
    // The second is quick; the others would be 150 ms off.
    const slow = readings++ !== 1;
    const now = Date.now() + 90_000;
    if (slow) await pause(300);
    return ok(now);
  });
  expect(Math.abs((offset.ok ? (offset.value ?? 0) : 0) - 90_000)).toBeLessThan(100);
  expect(readings).toBe(3);
});

it('a clock that tells no time, or cannot be asked, is said to be that', async () => {
  const fault = { code: 'timed-out', message: '', fix: '', where: {} };
  expect(await clockOffset(async () => ok(null))).toEqual(ok(null));
  expect(await clockOffset(async () => fail(fault))).toEqual(fail(fault));
});
