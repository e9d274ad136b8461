import fc from 'fast-check';
import { expect, it } from 'vitest';
import { asOne, watchedIn } from './as-one';

const words = ['broken', 'replicating'];
const seen = (from: number, to: number, word: string) => ({ from, to, word });
const told = (...stretches: ReturnType<typeof seen>[]) =>
  asOne(
    stretches,
    ({ word }) => words.indexOf(word),
    (one, other) => one.word === other.word,
  );

it('has no gap where another one watched', () => {
  // One watches all the time, another one comes and goes.
  const long = seen(0, 100, 'replicating');
  expect(told(long, seen(10, 20, 'replicating'), seen(50, 60, 'replicating'))).toEqual([long]);
  expect(watchedIn([long, seen(10, 20, ''), seen(50, 60, '')])).toEqual([{ from: 0, to: 100 }]);
});

it('tells a break once, and the gravest where two differ', () => {
  const one = [seen(0, 50, 'replicating'), seen(50, 80, 'broken'), seen(80, 100, 'replicating')];
  const other = [seen(5, 52, 'replicating'), seen(52, 83, 'broken'), seen(83, 100, 'replicating')];
  expect(told(...one, ...other)).toEqual([
    seen(0, 50, 'replicating'),
    seen(50, 83, 'broken'),
    seen(83, 100, 'replicating'),
  ]);
});

it('keeps a gap that nobody watched, and a look that was alone', () => {
  expect(told(seen(0, 10, 'replicating'), seen(20, 20, 'broken'), seen(30, 40, 'replicating'))).toEqual([
    seen(0, 10, 'replicating'),
    seen(20, 21, 'broken'),
    seen(30, 40, 'replicating'),
  ]);
});

it('is in order, lies over nothing, and covers what anybody saw with the gravest of it', () => {
  const stretch = fc
    .tuple(fc.nat(40), fc.nat(15), fc.constantFrom(...words))
    .map(([from, long, word]) => seen(from, from + long, word));
  fc.assert(
    fc.property(fc.array(stretch, { maxLength: 8 }), (all) => {
      const one = told(...all);
      for (const [n, { from, to }] of one.entries()) {
        expect(to).toBeGreaterThan(from);
        expect(from).toBeGreaterThanOrEqual(one[n - 1]?.to ?? 0);
      }
      for (let at = 0; at < 60; at += 1) {
        const there = all.filter(({ from, to }) => from <= at && Math.max(to, from + 1) > at);
        const worst = words.find((word) => there.some((it) => it.word === word));
        expect(one.find(({ from, to }) => from <= at && to > at)?.word).toBe(worst);
        expect(watchedIn(all).some(({ from, to }) => from <= at && to > at)).toBe(worst !== undefined);
      }
    }),
  );
});
