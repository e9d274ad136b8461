import { expect, it } from 'vitest';
import type { LogLineView } from '../../shared/ipc';
import { everything, lineTest } from './log-filter';
import { LogStore, MOST_CHARACTERS, MOST_LINES } from './log-store';

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
  const store = new LogStore({ lines: 10_000, characters: MOST_CHARACTERS });
  for (let n = 0; n < 25; n += 1) store.add(Array.from({ length: 500 }, (_, i) => line(n * 500 + i)));
  expect(store.lines.length).toBeLessThanOrEqual(10_000);
  expect(store.lines.length + store.dropped).toBe(12_500);
  expect(store.lines.at(-1)?.at).toBe(12_499);
});

it('holds a bound of characters, whatever the number of lines', () => {
  const store = new LogStore({ lines: 1000, characters: 10_000 });
  for (let n = 0; n < 100; n += 1) store.add([line(n, { raw: 'x'.repeat(900), meaning: '' })]);
  expect(store.lines.length).toBeLessThanOrEqual(11);
  expect(store.lines.length).toBeGreaterThan(5);
  expect(store.lines.at(-1)?.at).toBe(99);
});

it('holds a million lines, and says when what is shown can be continued', () => {
  const store = new LogStore();
  for (let n = 0; n < 100; n += 1)
    expect(store.add(Array.from({ length: 10_000 }, (_, i) => line(n * 10_000 + i))).continues).toBe(true);
  expect(store.lines.length).toBe(MOST_LINES);
  expect(store.add([line(MOST_LINES)]).continues).toBe(false);
  expect(store.dropped).toBeGreaterThan(0);
  expect(store.add([line(3)]).continues).toBe(false);
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
  expect(
    matching({ level: 'replication' }, [...lines, line(4), line(5, { raw: 'repl_run_consumer' })]),
  ).toEqual([1, 2, 3, 5]);
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
