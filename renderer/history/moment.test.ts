import { expect, it } from 'vitest';
import { EMPTY_COLUMN, type FleetHistory } from '../../shared/history/history';
import { drawnPulls } from './history-rows';
import { columnWords, fieldTime, momentOf, timeOfField } from './moment';

const T = 1_800_000_000_000;
const history: FleetHistory = {
  ...{ from: T, to: T + 60_000, step: 30_000, bytes: 0, oldest: null, trouble: null },
  bound: { days: 90, megabytes: 200 },
  servers: [
    { id: 'idm-a', seen: [{ from: T, to: T + 20_000, state: 'stopped' }], serves: [], starts: [T + 25_000] },
  ],
  pulls: [
    {
      ...{ consumer: 'idm-b', supplier: 'idm-a', leftOut: false, refreshes: [], logins: [] },
      columns: [
        {
          ...EMPTY_COLUMN,
          ...{ n: 0, watchedMs: 20_000, health: 'broken', ageMs: 61_000 },
          ...{ tookMs: 12, rounds: 1 },
        },
        { ...EMPTY_COLUMN, n: 1, lagChanges: 1, lagSeconds: 4 },
      ],
      seen: [
        { from: T, to: T + 10_000, health: 'replicating', cause: 'well' },
        { from: T + 10_000, to: T + 20_000, health: 'broken', cause: 'idm-a is stopped.' },
      ],
    },
  ],
  events: [
    {
      ...{ format: 1, at: T + 10_000, kind: 'server-state', server: 'idm-a', from: 'running', to: 'stopped' },
      ...{ cause: '', fix: '' },
    },
  ],
};

it('says what was known at a moment, and what happened around it in order', () => {
  const lag = '1 change, the oldest 4 s old';
  const deploys = [
    { at: T + 9000, text: 'Deploy' },
    { at: T - 1, text: 'Older' },
  ];
  expect(momentOf(history, T + 15_000, deploys)).toEqual({
    pulls: [{ name: 'idm-b ← idm-a', health: 'broken', cause: 'idm-a is stopped.', lag }],
    servers: [{ id: 'idm-a', state: 'stopped' }],
    logins: [
      { name: 'idm-a', state: null, cause: '' },
      { name: 'idm-b ← idm-a', state: null, cause: '' },
    ],
    happened: [
      { at: T + 9000, text: 'Deploy' },
      { at: T + 10_000, text: 'idm-a is stopped' },
      { at: T + 25_000, text: 'kanidmd started on idm-a' },
    ],
  });
});

it('says what was proved of logins then, and nothing of a time in which nobody looked', () => {
  const looked = {
    ...history,
    servers: history.servers.map((it) => ({
      ...it,
      serves: [{ from: T, to: T + 30_000, state: 'serves' as const, cause: '' }],
    })),
    pulls: history.pulls.map((it) => ({
      ...it,
      logins: [
        { from: T, to: T + 10_000, state: 'good' as const, cause: '' },
        { from: T + 10_000, to: T + 20_000, state: 'broken' as const, cause: 'idm-a refuses it.' },
      ],
    })),
  };
  const at = (ms: number) => momentOf(looked, T + ms, []).logins.map(({ state, cause }) => [state, cause]);
  expect(at(15_000)).toEqual([
    ['serves', ''],
    ['broken', 'idm-a refuses it.'],
  ]);
  expect(at(25_000)).toEqual([
    ['serves', ''],
    [null, ''],
  ]);
  expect(
    columnWords(
      drawnPulls(looked, () => true),
      0,
    ),
  ).toMatch(/, logins broken, idm-a serves$/);
});

it('claims nothing of a moment that nobody watched', () => {
  const then = momentOf(history, T + 40_000, []);
  expect(then.pulls).toEqual([{ name: 'idm-b ← idm-a', health: null, cause: '', lag: expect.anything() }]);
  expect(then.servers).toEqual([{ id: 'idm-a', state: null }]);
  const pulls = drawnPulls(history, () => true);
  expect(columnWords(pulls, 1)).toBe('idm-b ← idm-a: not watched, lacked 1 change, the oldest 4 s old');
  expect(columnWords(pulls, 0)).toMatch(/^idm-b ← idm-a: .*last good round 61 s old$/);
});

it('keeps a time through the field it is typed in', () => {
  expect(timeOfField(fieldTime(T))).toBe(T);
  expect(fieldTime(new Date(2026, 10, 29, 19, 5, 7).getTime())).toBe('2026-11-29 19:05:07');
  expect(timeOfField(' 2026-11-29T19:05 ')).toBe(new Date(2026, 10, 29, 19, 5).getTime());
  for (const none of ['', '7:05 PM', '2026-11-29', '2026-02-31 10:00:00', '2026-11-29 25:00:00'])
    expect(timeOfField(none), none).toBeNaN();
});
