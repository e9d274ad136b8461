import { expect, it } from 'vitest';
import type { ServesReport } from '../../../shared/serves/serves';
import { VirtualClock } from '../../../test/support/virtual-clock';
import type { Running } from '../base/look-schedule';
import { ServesWatch } from './serves-watch';

const EVERY = 300_000;
const servers = (startedAt: number, state = 'running'): ReadonlyMap<string, Running> =>
  new Map([['idm-a', { state, startedAt }]]);
const well = (at: string): ServesReport => ({
  servers: [
    {
      ...{ server: 'idm-a', state: 'serves', cause: '', fix: '', at },
      ...{ login: 'works', certificate: null, name: null },
    },
  ],
  logins: [],
});

function watching(look?: () => Promise<ServesReport>) {
  const clock = new VirtualClock();
  let looks = 0;
  const watch = new ServesWatch(
    () => {
      looks += 1;
      return look?.() ?? Promise.resolve(well(new Date(clock.now()).toISOString()));
    },
    clock,
    new AbortController().signal,
    () => undefined,
    EVERY,
  );
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { clock, watch, settled, looks: () => looks };
}

it('what was proved of a server that has started since is not known any more', async () => {
  const { watch, settled } = watching();
  watch.tick(servers(1));
  await settled();
  expect(watch.now(servers(1))?.servers[0]?.state).toBe('serves');
  expect(watch.now(servers(2))?.servers[0]?.state).toBe('unknown');
  expect(watch.now(servers(1, 'stopped'))?.servers[0]?.state).toBe('unknown');
  expect(watch.now(new Map())?.servers[0]?.state).toBe('unknown');
});

it('a look that began before a start proves nothing of it', async () => {
  let end: (report: ServesReport) => void = () => undefined;
  const { watch, settled } = watching(() => new Promise((resolve) => (end = resolve)));
  watch.tick(servers(1));
  end(well('2026-11-29T09:00:00Z'));
  await settled();
  expect(watch.now(servers(2))?.servers[0]?.state).toBe('unknown');
});

it('nobody is asked more often than twice a minute, however often a server starts or a look breaks', async () => {
  const { clock, watch, settled, looks } = watching(() => Promise.reject(new Error('broken')));
  for (let second = 0; second < 300; second += 1) {
    watch.tick(servers(second));
    await settled();
    await clock.sleep(1000, new AbortController().signal);
  }
  expect(looks()).toBeLessThanOrEqual(11);
});

it('a server is told of before the sessions of the fleet have crossed', async () => {
  const clock = new VirtualClock();
  const report = well(new Date(clock.now()).toISOString());
  const watch = new ServesWatch(
    (_, told) => {
      told(report.servers);
      return new Promise(() => undefined);
    },
    clock,
    new AbortController().signal,
    () => undefined,
    EVERY,
  );
  expect(watch.now(servers(1))).toBeNull();
  watch.tick(servers(1));
  expect(watch.now(servers(1))).toMatchObject({ servers: [{ state: 'serves' }], logins: [] });
});

it('what a long look saw first is as old as that, and what it saw last is not', async () => {
  const clock = new VirtualClock();
  const iso = () => new Date(clock.now()).toISOString();
  const row = { consumer: 'idm-a', supplier: 'idm-b', cause: '', fix: '' };
  const both: ReadonlyMap<string, Running> = new Map(
    ['idm-a', 'idm-b'].map((id) => [id, { state: 'running', startedAt: 1 }]),
  );
  const watch = new ServesWatch(
    () => {
      const first = { ...row, state: 'good' as const, at: iso() };
      clock.advance(EVERY);
      return Promise.resolve({ servers: [], logins: [first, { ...row, state: 'broken', at: iso() }] });
    },
    clock,
    new AbortController().signal,
    () => undefined,
    EVERY,
  );
  watch.tick(both);
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(EVERY);
  expect(watch.now(both)?.logins.map(({ state }) => state)).toEqual(['good', 'broken']);
  clock.advance(1_000);
  expect(watch.now(both)?.logins.map(({ state }) => state)).toEqual(['unknown', 'broken']);
});

it('a server that is out of reach now and then is not looked at each time it comes back', async () => {
  const { clock, watch, settled, looks } = watching();
  for (let second = 0; second < 300; second += 20) {
    watch.tick(
      second % 40 === 0 ? servers(1) : new Map([['idm-a', { state: 'unreachable', startedAt: null }]]),
    );
    await settled();
    clock.advance(20_000);
  }
  expect(looks()).toBe(1);
});

it('a person who asks gets one look at once, also where there is none by itself, and it is believed for a while', async () => {
  const clock = new VirtualClock();
  let looks = 0;
  const started = (everyMs: number, asked: boolean) =>
    new ServesWatch(
      () => {
        looks += 1;
        return Promise.resolve(well(new Date(clock.now()).toISOString()));
      },
      clock,
      new AbortController().signal,
      () => undefined,
      everyMs,
      asked,
    );
  const watch = started(0, true);
  for (let second = 0; second < 900; second += 1) {
    watch.tick(servers(1));
    await new Promise((resolve) => setImmediate(resolve));
    const state = watch.now(servers(1))?.servers[0]?.state;
    expect(state, `${second} s`).toBe(second <= 600 ? 'serves' : 'unknown');
    clock.advance(1_000);
  }
  expect(looks).toBe(1);
  const never = started(0, false);
  never.tick(servers(1));
  expect(looks).toBe(1);
});
