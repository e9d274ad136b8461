import { expect, it } from 'vitest';
import { MOST_REMEMBERED, ToldLines } from './told-lines';

it('a line is known again for as many lines as are remembered, and not for ever', () => {
  const told = new ToldLines();
  const tell = (many: number): void => {
    for (let n = 0; n < many; n += 1) expect(told.take(`line ${told.count}`, told.count)).toBe(true);
  };
  tell(1);
  tell(MOST_REMEMBERED - 1);
  expect(told.take('line 0', 0)).toBe(false);
  expect(told.take(`line ${MOST_REMEMBERED - 1}`, 0)).toBe(false);
  expect(told.count).toBe(MOST_REMEMBERED);
  tell(2 * MOST_REMEMBERED);
  expect(told.take('line 0', 0)).toBe(true);
});

it('lines without a key are never taken for one that was told', () => {
  const told = new ToldLines();
  expect([told.take('', 1), told.take('', 1)]).toEqual([true, true]);
  expect(told.last).toEqual({ key: '', at: 1 });
});
