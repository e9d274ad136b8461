import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ExpressionTooLarge, linearExpression } from './linear-expression';

it.each([
  ['^pull .* ok$', 'pull from idm-a · round ok', true],
  ['^pull .* ok$', 'a pull from idm-a · round ok', false],
  ['idm-[ab] (is|was) \\w+', 'IDM-B was stopped', true],
  ['[^a-z ]', 'abc DEF', false],
  ['\\d{2}:\\d{2}', 'at 03:12', true],
  ['a{3}', 'aa', false],
  ['a{2,3}b', 'xaab', true],
  ['(?:x|y)+?z', 'xyxyz', true],
  ['\\[info\\]', '[INFO]: x', true],
  ['', 'anything', true],
  ['$', '', true],
  ['é|Ü', 'CAFÉ', true],
])('%s in %s: %s', (source, text, holds) => expect(linearExpression(source)(text)).toBe(holds));

it.each([
  '(',
  ')',
  '[a',
  'a**',
  '*a',
  '(?=a)',
  '(?<!a)b',
  '(a)\\1',
  '\\b',
  'a{3,2}',
  '\\',
  '(a{999}){999}',
  '[z-a]',
])('says what is wrong with %s', (source) => expect(() => linearExpression(source)).toThrow(SyntaxError));

it('finds what a backtracking one finds', () => {
  const leaf = fc.constantFrom('a', 'b', 'A', '.', '[ab]', '[^a]', '\\w', '\\s', '^', '$', ' ');
  const { tree } = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.tuple(tie('tree'), tie('tree')).map(([one, other]) => one + other),
      fc.tuple(tie('tree'), tie('tree')).map(([one, other]) => `(${one}|${other})`),
      fc
        .tuple(tie('tree'), fc.constantFrom('*', '+', '?', '{2}', '{1,2}'))
        .map(([one, sign]) => `(?:${one})${sign}`),
    ),
  }));
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', ' ', 'c'), maxLength: 12 });
  fc.assert(
    fc.property(tree, text, (source, line) => {
      expect(linearExpression(source)(line)).toBe(new RegExp(source, 'i').test(line));
    }),
    { numRuns: 2000 },
  );
});

it.each(['(a+)+$', '(a|a)*b', '.*.*.*.*=', '(.*a){12}$', '([ab]*)*c'])(
  'is over in one way through a line that was made to hold it up: %s',
  (source) => {
    const holds = linearExpression(source);
    for (let n = 0; n < 20; n += 1) expect(holds(`${'a'.repeat(2000)}!`)).toBe(false);
  },
);

/** The same lines each time, which never come again: each character may lead to a state that was not there before. */
function randomLines(count: number, letters: string): readonly string[] {
  let seed = 1;
  const letter = (): string => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return letters[Math.floor(seed / 65_536) % letters.length] ?? '';
  };
  return Array.from({ length: count }, () => Array.from({ length: 150 }, letter).join(''));
}

it.each([
  ['e.{30}x\\d{9}', '0123456789abcdef'],
  ['(e|f).{900}x', '0123456789abcdef'],
  ['e.{12}[ü文]', 'eabü文字列試験'],
])('what it keeps stays within a bound, and it finds what it would have found: %s', (source, letters) => {
  const cost = { kept: 0, work: 0 };
  const holds = linearExpression(source, cost);
  const expression = new RegExp(source, 'i');
  let begunAnew = 0;
  for (const line of randomLines(1500, letters)) {
    const before = cost.kept;
    expect(holds(line)).toBe(expression.test(line));
    expect(cost.kept).toBeLessThan(510_000);
    if (cost.kept < before) begunAnew += 1;
    cost.work = 0;
  }
  if (!letters.includes('文')) expect(begunAnew).toBeGreaterThan(0);
});

it('says that it is too large instead of making states without end', () => {
  const holds = linearExpression('e.{30}x\\d{9}');
  expect(() => {
    for (const line of randomLines(20_000, '0123456789abcdef')) holds(line);
  }).toThrow(ExpressionTooLarge);
});

it('an ordinary expression reads on and on', () => {
  const cost = { kept: 0, work: 0 };
  const holds = linearExpression('(repl|idm-[ab]).*(fail|error) \\d{1,5}', cost);
  for (const line of randomLines(20_000, 'abcdeilmopr- 0123文')) holds(line);
  expect(cost.work).toBeLessThan(100_000);
});
