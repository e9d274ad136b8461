import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../base/time';
import { loadDriver } from './driver';
import type { Entry, Stretch } from './entries';
import { HistoryStore } from './history-store';
import { historyFolder } from './place';
import { inOwnFolder } from '../../../test/support/own-folder';

const MINUTE = 60_000;
const T = Date.parse('2026-11-29T03:00:00Z');
const PATH = '/srv/fleet.toml';
const subject = { fleet: PATH, consumer: 'idm-b', supplier: 'idm-a' };
let configDir: string;
let store: HistoryStore;
inOwnFolder('history', (made) => {
  configDir = made;
  let monotonic = 0;
  const clock = { ...systemClock, now: () => T, monotonic: () => (monotonic += 6000) };
  store = new HistoryStore({ configDir, clock, log: () => undefined });
});
afterEach(async () => {
  await store.close();
});

/** Times are minutes after T - 60 min. */
const time = (minute: number): number => T - 60 * MINUTE + minute * MINUTE;
const seen = (from: number, to: number, word = 'replicating'): Entry => {
  const stretch: Stretch = { subject, since: time(from), until: time(to), word, cause: word, row: null };
  return { kind: 'seen', stretch };
};
const fleet: Entry = {
  kind: 'fleet',
  glance: { path: PATH, name: 'Home', at: T, pulls: {}, down: 0, servers: 2 },
};
const round = (minute: number, good = true): Entry => ({
  ...{ kind: 'round', subject, at: time(minute), wrote: time(minute), tookMs: 12, good, refresh: false },
});
async function read(entries: readonly Entry[], columns = 6, from = 0, to = 60) {
  store.add([fleet, ...entries]);
  const answer = await store.read({ path: PATH, from: time(from), to: time(to), columns });
  if (!answer.ok) throw new Error(answer.error.message);
  expect(answer.value.trouble).toBeNull();
  const [pull] = answer.value.pulls;
  if (pull === undefined) throw new Error('no pull');
  return pull;
}
type Pull = Awaited<ReturnType<typeof read>>;
/** By column, minutes; undefined: the column is not told. */
const by = (pull: Pull, what: (column: Pull['columns'][number]) => number | string | null, columns = 6) =>
  Array.from({ length: columns }, (_, n) => {
    const column = pull.columns.find((it) => it.n === n);
    return column && what(column);
  });
const ages = (pull: Pull, columns = 6) => by(pull, ({ ageMs }) => ageMs && ageMs / MINUTE, columns);
const watched = (pull: Pull, columns = 6) => by(pull, (it) => it.watchedMs / MINUTE, columns);

it('grows while rounds stay away, and is the worst of its column', async () => {
  const pull = await read([seen(-5, 60), round(-1), round(8), round(9), round(39)]);
  expect(ages(pull)).toEqual([9, 11, 21, 30, 11, 21]);
  expect(watched(pull)).toEqual([10, 10, 10, 10, 10, 10]);
});

it('is nothing where nobody watched, and a column says how much of it was watched', async () => {
  const pull = await read([seen(-5, 9), seen(44, 60), round(-1), round(9), round(49)]);
  expect(watched(pull)).toEqual([9, undefined, undefined, undefined, 6, 10]);
  expect(ages(pull)).toEqual([10, undefined, undefined, undefined, 1, 11]);
});

it('is not seen in a column that a watch only touches', async () => {
  expect(watched(await read([seen(10, 20)]))).toEqual([
    undefined,
    10,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

it('knows the worst of every watch of one column, and no gap that nobody watched', async () => {
  // Two watches within one column of an hour: rounds stayed away for 15 minutes in the first, none in the second.
  const pull = await read(
    [seen(0, 20), seen(50, 60), round(1), round(2), round(17), round(49), round(59)],
    1,
  );
  expect(ages(pull, 1)).toEqual([15]);
  expect(watched(pull, 1)).toEqual([30]);
  // The watch ends while the newest good round grows old.
  expect(ages(await read([round(3)], 1, -10, 60), 1)).toEqual([14]);
});

it('is not known where rounds may have ended unseen', async () => {
  const pull = await read([round(-600), seen(0, 60, 'broken')]);
  expect(ages(pull)).toEqual([null, null, null, null, null, null]);
  expect(by(pull, ({ health }) => health)).toEqual(Array(6).fill('broken'));
});

it('goes on from a watch that began long before, whatever became of the health between', async () => {
  const before = [seen(-90, -60), seen(-60, -20, 'broken'), seen(-20, 60, 'waiting')];
  expect(ages(await read([...before, round(-61)]))).toEqual([71, 81, 91, 101, 111, 121]);
});

it('is one story of two watchers: no gap where either watched, and the gravest of both', async () => {
  const pull = await read([
    ...[seen(0, 60), seen(5, 15), seen(25, 30, 'broken'), seen(40, 50)],
    ...[round(1), round(21), round(41)],
  ]);
  expect(
    pull.seen.map(({ from, to, health }) => [(from - time(0)) / MINUTE, (to - time(0)) / MINUTE, health]),
  ).toEqual([
    [0, 25, 'replicating'],
    [25, 30, 'broken'],
    [30, 60, 'replicating'],
  ]);
  expect(watched(pull)).toEqual([10, 10, 10, 10, 10, 10]);
});

it('is read whole in bites, however many rounds and stretches there are', async () => {
  const rounds = Array.from({ length: 12_000 }, (_, n) => round((n * 60) / 12_000, n % 100 !== 99));
  store.add([fleet, ...rounds.slice(0, 6000)]);
  await store.glances();
  store.add(rounds.slice(6000));
  await store.glances();
  const stretches = Array.from({ length: 12_000 }, (_, n) =>
    seen((n * 60) / 12_000, ((n + 1) * 60) / 12_000, n % 2 === 0 ? 'replicating' : 'broken'),
  );
  store.add(stretches.slice(0, 6000));
  await store.glances();
  let turns = 0;
  const turning = setInterval(() => (turns += 1));
  const pull = await read(stretches.slice(6000));
  clearInterval(turning);
  expect(turns).toBeGreaterThan(3);
  expect(by(pull, ({ rounds: n }) => n)).toEqual(Array(6).fill(2000));
  expect(by(pull, ({ troubles }) => troubles)).toEqual(Array(6).fill(20));
  expect(watched(pull)).toEqual([10, 10, 10, 10, 10, 10]);
  expect(pull).toMatchObject({ leftOut: true, seen: { length: 3000 } });
});

it('waits for no other process, which may write for long', async () => {
  await read([seen(0, 60), round(5)]);
  const driver = await loadDriver();
  if (!driver.ok) throw new Error('no driver');
  const other = driver.value(join(historyFolder(configDir), 'history-1.sqlite'));
  other.exec('BEGIN IMMEDIATE; CREATE TABLE half (x)');
  try {
    // What was written is read; what could not be written waits.
    expect(ages(await read([round(50)]), 6)).toEqual([5, 15, 25, 35, 45, 55]);
  } finally {
    other.exec('ROLLBACK');
    other.close();
  }
  expect(ages(await read([round(51)]), 6)).toEqual([5, 15, 25, 35, 45, 45]);
});

it('how far a consumer was behind stands in the columns in which it was read, and in no other', async () => {
  const lag = (minute: number, changes: number, seconds: number): Entry => ({
    ...{ kind: 'lag', subject, at: time(minute), changes, seconds },
  });
  const pull = await read([seen(0, 30), lag(5, 0, 0), lag(25, 3, 40), lag(26, 2, 90.4), lag(55, 7, 1)]);
  expect(by(pull, ({ lagChanges }) => lagChanges)).toEqual([0, null, 3, undefined, undefined, 7]);
  expect(by(pull, ({ lagSeconds }) => lagSeconds)).toEqual([0, null, 90, undefined, undefined, 1]);
});
