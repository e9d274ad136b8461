import { expect, it } from 'vitest';
import { BELIEVED_FOR } from '../../../shared/ipc';
import type { PullHealth, Round } from '../../../shared/kanidmd/health';
import type { StatusReport } from '../../../shared/observed/status';
import type { Stretch } from './entries';
import { FleetRecorder } from './fleet-recorder';

const T = 1_800_000_000_000;
const round = (at: number, good = true): Round =>
  ({
    at: at * 1000,
    took: 20,
    kind: 'incremental',
    outcome: { kind: good ? 'success' : 'trouble' },
  }) as Round;

function recording(complete = true) {
  const recorder = new FleetRecorder('/srv/fleet.toml');
  const stretches = new Set<Stretch>();
  const take = (now: number, health: PullHealth['health'], rounds: readonly Round[] = [], offsetMs = 0) => {
    const pull: PullHealth = {
      ...{ consumer: 'idm-b', supplier: 'idm-a', health, cause: health, fix: '', lastSuccess: null },
    };
    const report = { servers: [], pulls: [pull], undrawn: [], problems: [] } as StatusReport;
    const entries = recorder.take({
      ...{ name: 'Home', report, now, complete },
      roundsOf: () => ({ rounds, offsetMs }),
      startOf: () => null,
    });
    for (const entry of entries) if (entry.kind === 'seen') stretches.add(entry.stretch);
    return entries;
  };
  const told = () => [...stretches].map(({ since, until, word }) => [since - T, until - T, word]);
  return { take, told };
}

it('what nobody watched lies in no stretch', () => {
  const { take, told } = recording();
  take(T, 'replicating');
  take(T + 10_000, 'replicating');
  take(T + 12_000, 'broken');
  take(T + 13_000 + BELIEVED_FOR, 'broken');
  expect(told()).toEqual([
    [0, 12_000, 'replicating'],
    [12_000, 12_000, 'broken'],
    [13_000 + BELIEVED_FOR, 13_000 + BELIEVED_FOR, 'broken'],
  ]);
});

it('a clock that is set back begins a new stretch', () => {
  const { take, told } = recording();
  take(T, 'replicating');
  take(T - 3_600_000, 'replicating');
  expect(told()).toEqual([
    [0, 0, 'replicating'],
    [-3_600_000, -3_600_000, 'replicating'],
  ]);
});

it('a round is told once, with its time by both clocks', () => {
  const { take } = recording();
  const of = (entries: ReturnType<typeof take>) => entries.filter(({ kind }) => kind === 'round');
  expect(of(take(T, 'replicating', [round(T), round(T + 5000, false)], 4000))).toMatchObject([
    { at: T - 4000, wrote: T, tookMs: 20, good: true },
    { at: T + 1000, wrote: T + 5000, good: false },
  ]);
  expect(of(take(T, 'replicating', [round(T), round(T + 5000), round(T + 9000)]))).toMatchObject([
    { wrote: T + 9000 },
  ]);
});

it('what happened is told, and what is seen first is not', () => {
  const { take } = recording();
  const events = (now: number, health: PullHealth['health']) =>
    take(now, health).flatMap((entry) => (entry.kind === 'event' ? [entry.event] : []));
  expect(events(T, 'replicating')).toEqual([]);
  expect(events(T + 10_000, 'broken')).toMatchObject([
    { kind: 'pull-health', at: T + 10_000, from: 'replicating', to: 'broken', cause: 'broken' },
  ]);
  expect(events(T + 12_000, 'broken')).toEqual([]);
  // Nobody knows when it happened.
  expect(events(T + 13_000 + BELIEVED_FOR, 'replicating')).toEqual([]);
});

it('the glance counts what the report said, and when', () => {
  const { take } = recording();
  expect(take(T, 'broken').at(-1)).toMatchObject({
    glance: { at: T, pulls: { broken: 1 }, path: '/srv/fleet.toml' },
  });
});

it('the glance says that logins were broken, which rounds say nothing of', () => {
  const said = { cause: '', fix: '', at: '2026-11-29T03:00:00Z' };
  const serves = {
    servers: [],
    logins: [{ consumer: 'idm-b', supplier: 'idm-a', state: 'broken' as const, ...said }],
  };
  const report = { servers: [], pulls: [], undrawn: [], problems: [], serves } as StatusReport;
  const roundsOf = () => ({ rounds: [], offsetMs: 0 });
  const seen = { name: 'Home', report, now: T, complete: true, roundsOf, startOf: () => null };
  expect(new FleetRecorder('/srv/fleet.toml').take(seen).at(-1)).toMatchObject({ glance: { logins: 1 } });
});

it('a fleet of which a server has not answered yet leaves the glance as it was', () => {
  expect(
    recording(false)
      .take(T, 'replicating')
      .map(({ kind }) => kind),
  ).not.toContain('fleet');
  expect(
    recording()
      .take(T, 'replicating')
      .map(({ kind }) => kind),
  ).toContain('fleet');
});

it('a round that says it took for ever, or ended at no time, breaks nothing', () => {
  const endless = { ...round(1), took: 1e29 };
  const never = { ...round(2), at: 1e300 };
  const kept = recording()
    .take(T, 'replicating', [endless, never])
    .filter((entry) => entry.kind === 'round');
  expect(kept.map(({ tookMs }) => tookMs)).toEqual([null]);
});

it('how far a consumer is behind is told once a look, and not where it is not known', () => {
  const recorder = new FleetRecorder('/srv/fleet.toml');
  const row = { state: 'read', cause: '', fix: '', newest: null } as const;
  const take = (a: number, b: number, changes: number | null) =>
    recorder
      .take({
        ...{ name: 'Home', now: T + 60_000, complete: true, startOf: () => null },
        roundsOf: () => ({ rounds: [], offsetMs: 0 }),
        report: {
          ...{ servers: [], pulls: [], undrawn: [], problems: [] },
          ruv: {
            servers: [
              { ...row, server: 'idm-a', at: new Date(T + a).toISOString() },
              { ...row, server: 'idm-b', at: new Date(T + b).toISOString() },
            ],
            pulls: [
              {
                ...{ consumer: 'idm-b', supplier: 'idm-a', cause: '', fix: '' },
                ...{ changes, seconds: changes === null ? null : 12 },
              },
            ],
          },
        },
      })
      .filter(({ kind }) => kind === 'lag');
  expect(take(1, 2, 3)).toMatchObject([{ at: T + 2, changes: 3, seconds: 12 }]);
  expect(take(1, 2, 3)).toEqual([]);
  expect(take(1, 2, null)).toEqual([]);
  expect(take(50, 40, 0)).toMatchObject([{ at: T + 50, changes: 0 }]);
});

it('what looks at logins proved is a stretch of its own, and ends where nobody looks', () => {
  const recorder = new FleetRecorder('/srv/fleet.toml');
  const stretches = new Set<Stretch>();
  const take = (now: number, serves?: StatusReport['serves']): void => {
    const report = { servers: [], pulls: [], undrawn: [], problems: [], ...(serves && { serves }) };
    const of = { name: 'Home', report, now, complete: true, startOf: () => null };
    for (const it of recorder.take({ ...of, roundsOf: () => ({ rounds: [], offsetMs: 0 }) }))
      if (it.kind === 'seen') stretches.add(it.stretch);
  };
  const looked = (server: 'serves' | 'broken', logins: 'good' | 'broken', cause: string) => {
    const said = { cause, fix: '', at: '' };
    return {
      servers: [
        { ...said, server: 'idm-a', state: server, login: 'works' as const, certificate: null, name: null },
      ],
      logins: [{ ...said, consumer: 'idm-b', supplier: 'idm-a', state: logins }],
    };
  };
  take(T, looked('serves', 'good', 'proved at 3'));
  take(T + 2000, looked('serves', 'good', 'proved at 5'));
  take(T + 4000, looked('serves', 'broken', 'It refuses.'));
  take(T + 6000);
  expect(
    [...stretches].map(({ what, subject, since, until, word, cause }) => [
      ...[what, subject.consumer, subject.supplier, since - T, until - T, word, cause],
    ]),
  ).toEqual([
    ['logins', 'idm-a', '', 0, 4000, 'serves', ''],
    ['logins', 'idm-b', 'idm-a', 0, 4000, 'good', ''],
    ['logins', 'idm-b', 'idm-a', 4000, 4000, 'broken', 'It refuses.'],
  ]);
});
