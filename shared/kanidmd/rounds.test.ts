import { describe, expect, it, vi } from 'vitest';
import * as causes from './causes';
import { LogReader } from './rounds';
import { LONGEST_TEXT, MOST_LINES } from './span-text';

const uuid = (n: number) => `${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;
const head = (n: number, host = 'idm-a.example.com') =>
  `${uuid(n)} INFO     repl_run_consumer [ 4.00ms | 10.00% / 100.00% ] server_name: "${host}" | sock_addrs: [192.0.2.1:8444]`;
const info = (n: number, text: string) => `${uuid(n)} INFO     ┝━ i [info]: ${text}`;
const error = (n: number, text: string) => `${uuid(n)} ERROR    ┝━ 🚨 [error]: ${text}`;
const SUCCESS = 'Incremental Replication Success | ruv: 1';
const REFRESH = 'Consumer is out of date and must be refreshed.';

const readerOf = (...lines: readonly string[]) => {
  const reader = new LogReader(0);
  lines.forEach((text, index) => reader.push({ at: index + 1, text }));
  return reader;
};
const END = 3_600_000_000;

/** Characters of everything that can be reached from a value. */
const charactersOf = (value: unknown, seen = new Set<unknown>()): number => {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null || seen.has(value)) return 0;
  seen.add(value);
  const parts = value instanceof Map ? [...value.entries()] : Object.values(value);
  return parts.reduce<number>((sum, part) => sum + charactersOf(part, seen), 0);
};

describe('what is kept of a log', () => {
  it('is 40 lines of a span, of any level, however many come', () => {
    const reader = readerOf(head(1));
    for (let n = 0; n < 400_000; n++) reader.push({ at: n, text: error(1, `no such thing ${n}`) });
    const [round] = reader.evidence(END).rounds;
    expect(round?.lines).toHaveLength(MOST_LINES);
    expect(charactersOf(reader)).toBeLessThan(100_000);
  });

  it('is 4096 characters of a line, without the rest held behind them', () => {
    const reader = readerOf(head(1), error(1, 'x'.repeat(1_000_000)));
    const long = reader.evidence(END).rounds[0]?.lines[1] ?? '';
    expect(long).toHaveLength(LONGEST_TEXT);
  });

  it('is bounded over all spans, and they keep what they mean', () => {
    const reader = readerOf();
    const filler = 'y'.repeat(4000);
    for (let n = 0; n < 2500; n++) {
      reader.push({ at: n, text: head(n) });
      for (let line = 0; line < 4; line++) reader.push({ at: n, text: error(n, `${line} ${filler}`) });
      reader.push({ at: n, text: error(n, REFRESH) });
    }
    expect(charactersOf(reader)).toBeLessThan(15_000_000);
    const { rounds } = reader.evidence(END);
    expect(rounds).toHaveLength(2000);
    expect(new Set(rounds.map(({ outcome }) => outcome.kind === 'trouble' && outcome.trouble.code))).toEqual(
      new Set(['needs-refresh']),
    );
  });

  it('a span that was shrunk still hears what comes late', () => {
    const reader = readerOf(head(1));
    for (let n = 2; n < 60; n++) {
      reader.push({ at: n, text: head(n) });
      for (let line = 0; line < 40; line++) reader.push({ at: n, text: error(n, 'z'.repeat(4000)) });
    }
    for (let line = 0; line < 50; line++) reader.push({ at: 99, text: error(1, `late ${line}`) });
    reader.push({ at: 99, text: error(1, REFRESH) });
    expect(reader.evidence(END).rounds[0]?.outcome).toMatchObject({ trouble: { code: 'needs-refresh' } });
  });
});

describe('of many lines', () => {
  it('those of trouble are kept before others, in order', () => {
    const lines = Array.from({ length: 60 }, (_, n) => info(1, `step ${n}`));
    const reader = readerOf(head(1), ...lines, error(1, 'first'), error(1, 'second'));
    const kept = reader.evidence(END).rounds[0]?.lines ?? [];
    expect(kept).toHaveLength(MOST_LINES);
    expect(kept[0]).toBe(head(1));
    expect(kept.slice(-2)).toEqual([error(1, 'first'), error(1, 'second')]);
  });

  it('the most specific decides, wherever it comes', () => {
    const noise = Array.from({ length: 500 }, (_, n) => error(1, `noise ${n}`));
    expect(
      readerOf(head(1), ...noise, error(1, REFRESH), ...noise).evidence(END).rounds[0]?.outcome,
    ).toMatchObject({ kind: 'trouble', trouble: { code: 'needs-refresh' } });
  });
});

it('judges a round once, and a log that says nothing costs nothing', () => {
  const judging = vi.spyOn(causes, 'mostSpecific');
  const reader = readerOf(...Array.from({ length: 2000 }, (_, n) => [head(n), info(n, SUCCESS)]).flat());
  expect(reader.evidence(END).rounds).toHaveLength(2000);
  expect(judging).toHaveBeenCalledTimes(2000);
  const { rounds } = reader.evidence(END);
  for (let turn = 0; turn < 100; turn++) expect(reader.evidence(END + turn).rounds).toBe(rounds);
  expect(judging).toHaveBeenCalledTimes(2000);
  reader.push({ at: 1, text: info(1999, 'one more') });
  reader.evidence(END);
  expect(judging).toHaveBeenCalledTimes(2001);
  judging.mockRestore();
});

it('goes up with what comes', () => {
  const reader = readerOf(head(1));
  const before = reader.revision;
  reader.push({ at: 2, text: 'not of kanidmd' });
  expect(reader.revision).toBe(before);
  reader.push({ at: 2, text: info(1, SUCCESS) });
  expect(reader.revision).toBe(before + 1);
});

describe('a gap in a log', () => {
  it('is where reading begins again: what was said in it is not known', () => {
    const reader = readerOf(head(1), info(1, SUCCESS));
    reader.gap();
    expect(reader.evidence(END)).toMatchObject({ from: END });
    reader.push({ at: 500, text: head(2) });
    expect(reader.evidence(END)).toMatchObject({ from: 500, rounds: [{ at: 1 }, { at: 500 }] });
  });
});

describe('a round that says it worked', () => {
  it.each([
    ['before it', [error(1, '4711 entries could not be skipped'), info(1, SUCCESS)]],
    ['after it', [info(1, SUCCESS), error(1, '4711 entries could not be skipped')]],
  ])('proves nothing with an error that nobody knows %s', (_where, lines) => {
    expect(readerOf(head(1), ...lines).evidence(END).rounds[0]?.outcome).toMatchObject({
      kind: 'trouble',
      trouble: { code: 'round-with-error', health: 'unknown', evidence: '4711 entries could not be skipped' },
    });
  });
});
