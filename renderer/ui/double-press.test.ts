import { expect, it } from 'vitest';
import { isSecondPress } from './double-press';

const press = (clientX: number, timeStamp: number) => ({ clientX, clientY: 10, timeStamp });

it('a second press is one soon after the first, in its place', () => {
  expect(isSecondPress(press(10, 0), press(12, 300))).toBe(true);
  expect(isSecondPress(press(10, 0), press(12, 900))).toBe(false);
  expect(isSecondPress(press(10, 0), press(200, 300))).toBe(false);
  // What a key or a menu opened had no first one.
  expect(isSecondPress(null, press(10, 0))).toBe(false);
});
