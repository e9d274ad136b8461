import { expect, it } from 'vitest';
import { EMPTY_COLUMN, type FleetHistory } from '../../shared/history/history';
import { CHARTS } from './charts';
import { csvOf, drawnPulls, lagWords, loginsWords, marksOf, watchedWords } from './history-rows';

const T = 1_800_000_000_000;
const history = {
  ...{ from: T, to: T + 60_000, step: 20_000, bytes: 0, oldest: null, trouble: null, events: [] },
  bound: { days: 90, megabytes: 200 },
  servers: [
    { id: 'idm-a', seen: [], serves: [], starts: [T + 5000] },
    { id: 'idm-z', seen: [], serves: [], starts: [T + 6000] },
  ],
  pulls: [
    {
      ...{ consumer: 'idm-b', supplier: 'idm-a', leftOut: false, refreshes: [T + 7000], logins: [] },
      columns: [
        {
          ...EMPTY_COLUMN,
          ...{ n: 0, watchedMs: 15_000, health: 'broken', ageMs: 10_000 },
          ...{ tookMs: 12, rounds: 1 },
        },
        { ...EMPTY_COLUMN, n: 2, watchedMs: 20_000, health: 'replicating', lagChanges: 3, lagSeconds: 75 },
      ],
      seen: [
        { from: T - 5000, to: T + 10_000, health: 'replicating', cause: 'well' },
        { from: T + 10_000, to: T + 15_000, health: 'broken', cause: 'idm-a is stopped.' },
        { from: T + 50_000, to: T + 60_000, health: 'replicating', cause: 'the newest round is good' },
      ],
    },
  ],
} as const satisfies FleetHistory;
const pulls = drawnPulls(history, () => true);

it('says what happened, the newest first, and where nobody watched', () => {
  expect(
    marksOf(history, pulls, [
      { at: T + 1, text: 'Deploy' },
      { at: T - 1, text: 'Older' },
    ]),
  ).toMatchObject([
    { kind: 'heal', at: T + 50_000, text: 'idm-b ← idm-a: replicating. The newest round is good' },
    { kind: 'gap', at: T + 15_000, text: 'idm-b ← idm-a: not watched for 35 s' },
    { kind: 'break', at: T + 10_000, text: 'idm-b ← idm-a: broken. idm-a is stopped.' },
    { kind: 'refresh' },
    { kind: 'start', text: 'kanidmd started on idm-a' },
    { kind: 'deploy', text: 'Deploy' },
  ]);
});

it('says of a column that was watched in part that it was', () => {
  const [first] = pulls;
  expect(first?.columns.map(({ watched }) => watched)).toEqual(['part', 'none', 'all']);
  expect(first?.columns.map(watchedWords)).toEqual(['15 s of 20 s', 'no', 'all of it']);
});

it('knows of no change where what was before is left out', () => {
  const cut = { ...history, pulls: [{ ...history.pulls[0], leftOut: true }] };
  expect(
    marksOf(
      cut,
      drawnPulls(cut, () => true),
      [],
    ).filter(({ kind }) => kind === 'break'),
  ).toHaveLength(1);
  const begun = history.pulls[0].seen.slice(1);
  const inside = { ...history, pulls: [{ ...history.pulls[0], seen: begun, leftOut: true }] };
  expect(
    marksOf(
      inside,
      drawnPulls(inside, () => true),
      [],
    ).some(({ kind }) => kind === 'break'),
  ).toBe(false);
});

it('writes CSV with empty cells where nobody watched, and no formula', () => {
  const lines = csvOf(pulls).split('\r\n');
  expect(lines).toHaveLength(5);
  expect(lines[1]).toContain(',20,15,idm-b,idm-a,broken,10,12,1,0,,');
  expect(lines[2]).toContain(',20,0,idm-b,idm-a,,,,0,0,,');
  expect(lines[3]).toContain('replicating,,,0,0,3,75');
  const [first] = pulls;
  if (!first) throw new Error('no pull');
  const evil = { ...first, pull: { ...first.pull, consumer: '=1+1', supplier: 'a,"b' } };
  expect(csvOf([evil]).split('\r\n')[1]).toContain(`,'=1+1,"a,""b",`);
});

it('says how far a consumer was behind where it was read, and draws nothing where it was not', () => {
  const columns = pulls[0]?.columns ?? [];
  expect(columns.map(lagWords)).toEqual(['', '', '3 changes, the oldest 75 s old']);
  expect(lagWords({ ...EMPTY_COLUMN, n: 0, lagChanges: 0, lagSeconds: 0 })).toBe('no change');
  expect(CHARTS.map(({ id, joined, valueOf }) => [id, joined, columns.map(valueOf)])).toEqual([
    ['age', true, [10, null, null]],
    ['took', true, [12, null, null]],
    ['changes', false, [null, null, 3]],
    ['lag', false, [null, null, 75]],
  ]);
});

const looked: FleetHistory = {
  ...history,
  servers: [
    {
      ...history.servers[0],
      serves: [
        { from: T - 9000, to: T + 5000, state: 'broken', cause: 'Its certificate has ended.' },
        { from: T + 5000, to: T + 60_000, state: 'serves', cause: '' },
      ],
    },
    { ...history.servers[1], serves: [{ from: T, to: T + 60_000, state: 'broken', cause: '' }] },
  ],
  pulls: [
    {
      ...history.pulls[0],
      logins: [
        { from: T, to: T + 21_000, state: 'good', cause: '' },
        { from: T + 21_000, to: T + 30_000, state: 'broken', cause: 'idm-a refuses it.' },
        { from: T + 30_000, to: T + 35_000, state: 'unknown', cause: 'idm-a is stopped.' },
        { from: T + 35_000, to: T + 39_000, state: 'broken', cause: 'idm-a refuses it.' },
        { from: T + 39_000, to: T + 40_000, state: 'good', cause: '' },
      ],
    },
  ],
};

it('marks where logins broke and were well again: what is unknown heals nothing', () => {
  const told = marksOf(
    looked,
    drawnPulls(looked, () => true),
    [],
  );
  expect(told.filter(({ kind }) => kind.startsWith('login'))).toEqual([
    { kind: 'login-heal', at: T + 39_000, text: 'Logins of idm-b ← idm-a: good' },
    { kind: 'login-break', at: T + 21_000, text: 'Logins of idm-b ← idm-a: broken. idm-a refuses it.' },
    { kind: 'login-heal', at: T + 5000, text: 'HTTPS and logins of idm-a: serves' },
  ]);
});

it('tells the gravest of each column in the table and as CSV, and nothing where nobody looked', () => {
  const drawn = drawnPulls(looked, () => true);
  const [{ pull, columns } = { pull: history.pulls[0], columns: [] }] = drawn;
  expect(columns.map((it) => loginsWords(pull, it))).toEqual([
    'logins good, idm-a broken',
    'logins broken, idm-a serves',
    'idm-a serves',
  ]);
  expect(
    csvOf(drawn)
      .split('\r\n')
      .map((line) => line.split(',').slice(-3).join()),
  ).toEqual([
    ...['logins,consumer_serves,supplier_serves', 'good,,broken', 'broken,,serves', ',,serves', ''],
  ]);
});
