import { expect, it } from 'vitest';
import type { LogLineView } from '../../shared/ipc';
import { everything, lineTest } from './log-filter';
import { LogStore, MOST_LINES } from './log-store';

const line = (at: number, more: Partial<LogLineView> = {}): LogLineView => ({
  at,
  server: 'idm-a',
  level: 'info',
  meaning: `line ${at}`,
  raw: `raw ${at}`,
  pull: null,
  ...more,
});
const matching = (filter: Partial<typeof everything>, lines: readonly LogLineView[]): number[] => {
  const test = lineTest({ ...everything, ...filter });
  return test.ok ? lines.filter(test.matches).map((one) => one.at) : [];
};

it('puts a late line where it belongs', () => {
  const store = new LogStore();
  store.add([line(1), line(2), line(5)]);
  store.add([line(3), line(6)]);
  expect(store.lines.map((one) => one.at)).toEqual([1, 2, 3, 5, 6]);
});

it('keeps lines of one moment in the order they came', () => {
  const store = new LogStore();
  store.add([line(1, { raw: 'a' }), line(1, { raw: 'b' }), line(1, { raw: 'c' })]);
  expect(store.lines.map((one) => one.raw)).toEqual(['a', 'b', 'c']);
});

it('holds a bound of lines and says how many it dropped', () => {
  const store = new LogStore();
  for (let n = 0; n < 25; n += 1) store.add(Array.from({ length: 5000 }, (_, i) => line(n * 5000 + i)));
  expect(store.lines.length).toBeLessThanOrEqual(MOST_LINES);
  expect(store.lines.length + store.dropped).toBe(125_000);
  expect(store.lines.at(-1)?.at).toBe(124_999);
});

it('cuts a line as long as a whole file', () => {
  const store = new LogStore();
  store.add([line(1, { raw: 'x'.repeat(1_000_000) })]);
  expect(store.lines[0]?.raw.length).toBeLessThan(2100);
});

it('knows the names of lines that come again', () => {
  const store = new LogStore();
  store.add([line(1), line(2)]);
  expect(store.names(1).has('2 idm-a raw 2')).toBe(true);
  expect(store.names(1).has('1 idm-a raw 1')).toBe(false);
});

it('filters by text, expression, server and level', () => {
  const lines = [
    line(1, { meaning: 'pull from idm-b · round ok', level: 'good' }),
    line(2, { meaning: '', raw: 'InvalidCertificate(BadSignature)', level: 'bad' }),
    line(3, { server: 'idm-b', level: 'warn' }),
  ];
  expect(matching({}, lines)).toEqual([1, 2, 3]);
  expect(matching({ text: 'ROUND' }, lines)).toEqual([1]);
  expect(matching({ text: 'badsignature' }, lines)).toEqual([2]);
  expect(matching({ text: '/^pull .* ok$/' }, lines)).toEqual([1]);
  expect(matching({ server: 'idm-b' }, lines)).toEqual([3]);
  expect(matching({ level: 'warn' }, lines)).toEqual([2, 3]);
  expect(matching({ level: 'bad' }, lines)).toEqual([2]);
});

it('says what is wrong with an expression', () => {
  expect(lineTest({ ...everything, text: '/(/' })).toMatchObject({ ok: false });
  expect(lineTest({ ...everything, text: '/' })).toMatchObject({ ok: true });
});
