import { expect, it } from 'vitest';
import { daysLeft, expiryTone } from '../health/expiry';
import { RoundAges } from './round-ages';

const report = (lastSuccess: string | null) => ({
  servers: [],
  undrawn: [],
  problems: [],
  pulls: [{ consumer: 'b', supplier: 'a', health: 'unknown' as const, cause: '', fix: '', lastSuccess }],
});

it('remembers how old the newest good round was at each report', () => {
  const ages = new RoundAges();
  const start = Date.parse('2026-11-23T15:00:00Z');
  ages.add(report(null), start);
  ages.add(report('2026-11-23T15:00:00Z'), start + 4000);
  expect(ages.of('b', 'a')).toEqual({ at: [start, start + 4000], age: [null, 4] });
  expect(ages.of('a', 'b').at).toEqual([]);
});

it('keeps an hour, not for ever', () => {
  const ages = new RoundAges();
  for (let n = 0; n < 2000; n += 1) ages.add(report(null), n);
  expect(ages.of('b', 'a').at).toHaveLength(720);
  expect(ages.of('b', 'a').at.at(-1)).toBe(1999);
});

it('warns of a certificate 30 days before its end', () => {
  const now = Date.parse('2026-11-01T00:00:00Z');
  expect(expiryTone(daysLeft('2026-12-01T00:00:00Z', now))).toBe('good');
  expect(expiryTone(daysLeft('2026-11-30T00:00:00Z', now))).toBe('warn');
  expect(expiryTone(daysLeft('2026-10-31T23:00:00Z', now))).toBe('bad');
});
