import { expect, it } from 'vitest';
import type { LogLineView } from '../../../shared/ipc';
import { chipsOf, everything, lineTest, replication } from './log-filter';
import { LogStore, MOST_CHARACTERS, MOST_LINES } from './log-store';

const line = (at: number, more: Partial<LogLineView> = {}): LogLineView => ({
  key: `cursor ${at}`,
  at,
  offset: 0,
  server: 'idm-a',
  group: null,
  bootstrap: null,
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
  store.add(['a', 'b', 'c'].map((raw) => line(1, { key: raw, raw })));
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
  for (let n = 0; n < 100; n += 1) store.add([line(n, { raw: 'x'.repeat(890), meaning: '' })]);
  expect(store.lines.length).toBeLessThanOrEqual(11);
  expect(store.lines.length).toBeGreaterThan(5);
  expect(store.lines.at(-1)?.at).toBe(99);
});

it('holds a million lines, and says which it dropped, which came late, and whether one changed', () => {
  const store = new LogStore();
  const plain = { late: null, dropped: [], changed: false };
  for (let n = 0; n < 100; n += 1)
    expect(store.add(Array.from({ length: 10_000 }, (_, i) => line(n * 10_000 + i)))).toMatchObject(plain);
  expect(store.lines.length).toBe(MOST_LINES);
  const over = store.add([line(MOST_LINES)]);
  expect(over).toMatchObject({ late: null, changed: false });
  expect(over.dropped.map(({ at }) => at)).toEqual(
    Array.from({ length: store.dropped }, (_, index) => index),
  );
  expect(store.dropped).toBeGreaterThan(0);
  const late = store.add([line(MOST_LINES - 2, { key: 'late' })]).late;
  expect(late?.map(({ key }) => key)).toEqual(['late', ...[1, 0].map((n) => `cursor ${MOST_LINES - n}`)]);
  expect(store.add([line(MOST_LINES, { meaning: 'other' })]).changed).toBe(true);
}, 60_000);

it('cuts a line as long as a whole file', () => {
  const store = new LogStore();
  store.add([line(1, { raw: 'x'.repeat(1_000_000) })]);
  expect(store.lines[0]?.raw.length).toBeLessThan(2100);
});

it('keeps lines of one moment apart, and those that two servers wrote alike', () => {
  const store = new LogStore();
  const lines = [line(1, { key: '7/1' }), line(1, { key: '7/2' }), line(1, { key: '7/1', server: 'idm-b' })];
  store.add(lines);
  store.add(lines);
  expect(store.lines.map(({ server, key }) => `${server} ${key}`)).toEqual([
    'idm-a 7/1',
    'idm-a 7/2',
    'idm-b 7/1',
  ]);
});

it('orders servers by our clock, and the lines of one by its own', () => {
  const store = new LogStore();
  store.add([line(1000, { offset: 600 }), line(600, { server: 'idm-b', key: 'b1' })]);
  store.add([line(1001, { offset: 900 }), line(300, { server: 'idm-b', key: 'b2' })]);
  expect(store.lines.map((one) => one.at)).toEqual([1000, 1001, 300, 600]);
});

it('forgets the keys of what it dropped', () => {
  const store = new LogStore({ lines: 100, characters: MOST_CHARACTERS });
  for (let n = 0; n < 200; n += 1) store.add([line(n)]);
  const held = store.lines.length;
  store.add([line(3)]);
  expect(store.lines[0]?.at).toBe(3);
  expect(store.lines.length).toBe(held + 1);
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

it('filters by link, with all lines of its rounds, and by span', () => {
  const pull = { consumer: 'idm-b', supplier: 'idm-a' };
  const lines = [
    line(1, { server: 'idm-b', group: 's1', pull }),
    line(2, { server: 'idm-b', group: 's1' }),
    line(3, { server: 'idm-b', group: 's2', pull: { consumer: 'idm-b', supplier: 'idm-c' } }),
    line(4, { server: 'idm-b', group: 's2' }),
    line(5, { server: 'idm-a', group: 's1' }),
    line(6, { server: 'idm-a', pull: { consumer: 'idm-a', supplier: 'idm-b' } }),
    line(7),
  ];
  expect(matching({ link: ['idm-a', 'idm-b'] }, lines)).toEqual([1, 2, 6]);
  expect(matching({ span: { server: 'idm-b', group: 's1' } }, lines)).toEqual([1, 2]);
});

it('names what it is narrowed by, each with the filter without it', () => {
  const narrow = { ...replication, text: ' ok ', server: 'idm-a', link: ['idm-a', 'idm-b'] as const };
  const chips = chipsOf(narrow);
  expect(chips.map(({ words }) => words)).toEqual(['ok', 'idm-a', 'idm-a – idm-b']);
  expect(chips[1]?.without).toEqual({ ...narrow, server: null });
  expect(chipsOf(replication)).toEqual([]);
  expect(chipsOf(everything).map(({ words }) => words)).toEqual(['all lines']);
});

it('two chips that say the same are told apart by their kind: a list of them has one key each', () => {
  const chips = chipsOf({ ...replication, text: 'idm-a', server: 'idm-a' });
  expect(chips.map(({ kind, words }) => [kind, words])).toEqual([
    ['text', 'idm-a'],
    ['server', 'idm-a'],
  ]);
});

it('says what is wrong with an expression', () => {
  expect(lineTest({ ...everything, text: '/(/' })).toMatchObject({ ok: false });
  expect(lineTest({ ...everything, text: '/' })).toMatchObject({ ok: true });
});

it('remembers the newest rounds of a link, and lets the oldest go', () => {
  const test = lineTest({ ...everything, link: ['a', 'b'] });
  if (!test.ok) throw new Error(test.message);
  const blank = { key: '', at: 1, offset: 0, bootstrap: null, level: 'info', meaning: '', raw: '' } as const;
  const of = (n: number) => ({ ...blank, server: 'a', group: `round ${n}` });
  const pull = { supplier: 'b', consumer: 'a' };
  for (let n = 1; n <= 20_000; n += 1) expect(test.matches({ ...of(n), pull })).toBe(true);
  const known = Array.from({ length: 20_000 }, (_, n) => n + 1).filter((n) =>
    test.matches({ ...of(n), pull: null }),
  );
  expect(known.length).toBeLessThanOrEqual(6000);
  expect(known[0]).toBeGreaterThan(14_000);
  expect(known.at(-1)).toBe(20_000);
});
