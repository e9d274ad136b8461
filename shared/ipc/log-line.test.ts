import { expect, it } from 'vitest';
import { stepOf } from './log-line';

it('a clock that is off by no more than a measurement errs is in step', () => {
  expect([40_000, -999_999, 1_000_000, -4_000_000].map(stepOf)).toEqual([0, 0, 1_000_000, -4_000_000]);
});
