import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LogLineView } from '../../../shared/ipc';
import { everything } from './log-filter';
import { LogStore } from './log-store';
import { ShownLog } from './shown-log';

const line = (key: number, at: number, group: string | null, level: LogLineView['level']): LogLineView => ({
  ...{ key: `c${key}`, at, offset: 0, server: 'a', group, bootstrap: null, level },
  ...{ meaning: `m${key}`, raw: `r${key}`, pull: null },
});

/** What is shown, by rows: the lines of each. A group that goes on in rows of its own counts as one. */
const told = (shown: ShownLog) => ({
  lines: shown.lines.map(({ key }) => key),
  rows: new Set(
    shown.rows.map(
      ({ lines, level, meaning }) => `${lines.map(({ key }) => key).join(' ')} ${level} ${meaning}`,
    ),
  ),
});

it('what follows lines as they come late, are dropped and change, is what reading all anew shows', () => {
  const oneLine = fc.record({
    late: fc.integer({ min: 0, max: 30 }),
    group: fc.constantFrom(null, 'one', 'two', 'three'),
    level: fc.constantFrom('info' as const, 'warn' as const, 'bad' as const),
    again: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(fc.array(oneLine, { maxLength: 12 }), { maxLength: 25 }),
      fc.constantFrom('all' as const, 'warn' as const),
      (batches, level) => {
        const store = new LogStore({ lines: 40, characters: 1e9 });
        const filter = { ...everything, level };
        const shown = new ShownLog();
        shown.show(filter, []);
        let key = 0;
        for (const batch of batches) {
          const lines = batch.map(({ late, group, level: how, again }) => {
            if (again && key > 0) return line(key, key * 10, group, how);
            key += 1;
            return line(key, key * 10 - late * 10, group, how);
          });
          if (!shown.goOn(store.add(lines))) shown.show(filter, store.lines);
          const anew = new ShownLog();
          anew.show(filter, store.lines);
          expect(told(shown)).toEqual(told(anew));
          expect(new Set(shown.rows.map((row) => row.key)).size).toBe(shown.rows.length);
        }
      },
    ),
    { numRuns: 300 },
  );
});

it('a group without end goes on in rows of its own, and is dropped with its lines', () => {
  const store = new LogStore({ lines: 5000, characters: 1e9 });
  const shown = new ShownLog();
  shown.show(everything, []);
  for (let n = 0; n < 12_000; n += 100) {
    const lines = Array.from({ length: 100 }, (_, i) => line(n + i, n + i, 'start/1', 'info'));
    expect(shown.goOn(store.add(lines))).toBe(true);
  }
  expect(shown.lines).toEqual(store.lines);
  expect(shown.rows.flatMap(({ lines }) => lines)).toEqual(store.lines);
  expect(Math.max(...shown.rows.map(({ lines }) => lines.length))).toBe(2000);
  expect(new Set(shown.rows.map(({ key }) => key)).size).toBe(shown.rows.length);
});

it('of a link, a line that came late before the head of its round is not shown, as when all is read anew', () => {
  const store = new LogStore();
  const filter = { ...everything, link: ['a', 'b'] as const };
  const shown = new ShownLog();
  shown.show(filter, []);
  const head = { ...line(2, 20, 'one', 'info'), pull: { consumer: 'a', supplier: 'b' } };
  for (const batch of [[head, line(3, 30, 'one', 'info')], [line(1, 10, 'one', 'info')]])
    expect(shown.goOn(store.add(batch))).toBe(true);
  const anew = new ShownLog();
  anew.show(filter, store.lines);
  expect(told(shown)).toEqual(told(anew));
  expect(told(shown).lines).toEqual(['c2', 'c3']);
});
