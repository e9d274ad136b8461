import { expect, it } from 'vitest';
import { CUT_MARK, KEPT_LINE, keptLine } from './kept-line';

it('a line is kept whole up to the limit, and a longer one with a mark', () => {
  expect(keptLine(Buffer.from('short'))).toBe('short');
  const whole = 'x'.repeat(KEPT_LINE);
  expect(keptLine(Buffer.from(whole))).toBe(whole);
  expect(keptLine(Buffer.from(`${whole}y`))).toBe(`${whole}${CUT_MARK}`);
  expect(keptLine(Buffer.from('so far'), true)).toBe(`so far${CUT_MARK}`);
});

it('a character is not cut in two', () => {
  expect(keptLine(Buffer.from(`${'x'.repeat(KEPT_LINE - 1)}ü`))).toBe(
    `${'x'.repeat(KEPT_LINE - 1)}${CUT_MARK}`,
  );
  expect(keptLine(Buffer.from(`${'x'.repeat(KEPT_LINE - 3)}🙂`))).toBe(
    `${'x'.repeat(KEPT_LINE - 3)}${CUT_MARK}`,
  );
});
