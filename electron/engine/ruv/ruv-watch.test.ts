import { expect, it } from 'vitest';
import { VirtualClock } from '../../../test/support/virtual-clock';
import type { PullHealth } from '../../../shared/kanidmd/health';
import { type Lost, withRuv } from '../../../shared/ruv/judge-ruv';
import type { ReadChanges } from '../../../shared/ruv/known-changes';
import type { RuvReport } from '../../../shared/ruv/ruv';
import { NOTHING_RECALLED, type RuvMemory } from '../../../shared/ruv/ruv-memory';
import type { Running } from '../base/look-schedule';
import type { RuvBefore } from './look-ruv';
import { RuvWatch } from './ruv-watch';

const EVERY = 3_600_000;
const ASKED = { everyMs: EVERY, largest: null };
const none: readonly { consumer: string; supplier: string; lastRefresh?: string }[] = [];
const refreshOf = (consumer: string, lastRefresh: string) => [
  { consumer, supplier: consumer === 'idm-a' ? 'idm-b' : 'idm-a', lastRefresh },
];
const servers = (startedAt: number): ReadonlyMap<string, Running> =>
  new Map([['idm-a', { state: 'running', startedAt }]]);

function watching(state: 'read' | 'went-back' = 'read') {
  const clock = new VirtualClock();
  let looks = 0;
  const watch = () =>
    new RuvWatch(
      () => {
        looks += 1;
        const at = new Date(clock.now()).toISOString();
        const row = { server: 'idm-a', state, cause: 'It was put back.', fix: '', at, newest: null };
        const lag = { consumer: 'idm-a', supplier: 'idm-b', changes: 2, seconds: 3, cause: '', fix: '' };
        return Promise.resolve({
          report: { servers: [row], pulls: [lag] },
          known: new Map(),
          lost: new Map(),
          refused: new Map(),
          leftOut: new Map(),
        });
      },
      clock,
      new AbortController().signal,
      () => undefined,
      ASKED,
    );
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { clock, watch, settled, looks: () => looks };
}

it('a look holds until its time or a start', async () => {
  const { clock, watch, settled, looks } = watching();
  const one = watch();
  one.tick(servers(1), none);
  await settled();
  expect(one.now(servers(1))?.servers[0]?.state).toBe('read');
  clock.advance(15 * 60_000);
  one.tick(servers(1), none);
  expect(looks()).toBe(1);
  one.tick(servers(2), none);
  expect(looks()).toBe(2);
  await settled();
  clock.advance(EVERY + 1);
  one.tick(servers(2), none);
  expect(looks()).toBe(3);
});

it('after a start nothing is known, but who went back', async () => {
  for (const [state, then] of [
    ['read', 'unknown'],
    ['went-back', 'went-back'],
  ] as const) {
    const { clock, watch, settled } = watching(state);
    const one = watch();
    one.tick(servers(1), none);
    await settled();
    expect(one.now(servers(2))?.servers[0]?.state).toBe(then);
    expect(one.now(servers(2))?.pulls[0]?.changes).toBeNull();
    clock.advance(2 * EVERY + 1);
    expect(one.now(servers(1))?.servers[0]?.state).toBe(then);
  }
});

it('a refresh is looked at once the last look is a quarter of an hour old', async () => {
  const { clock, watch, settled, looks } = watching();
  const one = watch();
  one.tick(servers(1), none);
  await settled();
  clock.advance(14 * 60_000);
  const refreshed = refreshOf('idm-b', '2026-11-29');
  one.tick(servers(1), refreshed);
  expect(looks()).toBe(1);
  clock.advance(60_000);
  one.tick(servers(1), refreshed);
  expect(looks()).toBe(2);
});

it('who is away for a while, and comes back as it was, is no reason to read every database', async () => {
  const { clock, watch, settled, looks } = watching();
  const one = watch();
  one.tick(servers(1), refreshOf('idm-b', '2026-11-29'));
  await settled();
  clock.advance(20 * 60_000);
  one.tick(new Map([['idm-a', { state: 'unreachable', startedAt: null }]]), none);
  one.tick(servers(1), refreshOf('idm-b', '2026-11-29'));
  expect(looks()).toBe(1);
});

const pull = { consumer: 'idm-a', supplier: 'idm-b', health: 'replicating', cause: '', fix: '' };
const healthIn = (report: RuvReport | null) => withRuv([pull as unknown as PullHealth], report)[0]?.health;

it('who went back and was refreshed since is not named until it is read again, and its pulls are unknown', async () => {
  const { clock, watch, settled } = watching('went-back');
  const one = watch();
  one.tick(servers(1), none);
  await settled();
  const at = (ms: number) => new Date(clock.now() + ms).toISOString();
  clock.advance(60_000);
  for (const not of [refreshOf('idm-b', at(-1000)), refreshOf('idm-a', at(-120_000))]) {
    one.tick(servers(1), not);
    expect(one.now(servers(1))?.servers[0]?.state).toBe('went-back');
  }
  one.tick(servers(1), refreshOf('idm-a', at(-1000)));
  const report = one.now(servers(1));
  expect(report?.servers[0]).toMatchObject({ state: 'unknown', refreshed: true });
  expect(healthIn(report)).toBe('unknown');
});

it('a refresh of the future is not believed, even when its time comes; a true one is', async () => {
  const { clock, watch, settled } = watching('went-back');
  const one = watch();
  one.tick(servers(1), none);
  await settled();
  const future = refreshOf('idm-a', new Date(clock.now() + 300_000).toISOString());
  for (const _time of Array(14).keys()) {
    one.tick(servers(1), future);
    expect(one.now(servers(1))?.servers[0]?.state).toBe('went-back');
    expect(healthIn(one.now(servers(1)))).toBe('unknown');
    clock.advance(60_000);
  }
  one.tick(servers(1), refreshOf('idm-a', new Date(clock.now() - 1000).toISOString()));
  expect(one.now(servers(1))?.servers[0]?.state).toBe('unknown');
});

it('a refresh that was seen before the clock jumped is not believed any more', async () => {
  const { clock, watch, settled } = watching('went-back');
  const one = watch();
  one.tick(servers(1), none);
  await settled();
  clock.advance(60_000);
  const refreshed = refreshOf('idm-a', new Date(clock.now() - 1000).toISOString());
  one.tick(servers(1), refreshed);
  expect(one.now(servers(1))?.servers[0]?.state).toBe('unknown');
  const { now } = clock;
  Object.assign(clock, { now: () => now() + 3_600_000 });
  expect(one.now(servers(1))?.servers[0]?.state).toBe('went-back');
  one.tick(servers(1), refreshed);
  expect(one.now(servers(1))?.servers[0]?.state).toBe('went-back');
});

const KEPT: Lost = {
  ...{ serverUuid: 'a', domainUuid: 'd', at: '2026-11-29T03:00:00.000Z', refreshed: false },
  moments: [{ secs: 1, nanos: 0 }],
};

it.each([EVERY, 0])(
  'who went back before this watch began is named at once, looked at every %i ms',
  async (every) => {
    const clock = new VirtualClock();
    const kept = new Map([['idm-a', KEPT]]);
    const before: RuvBefore[] = [];
    const told: unknown[] = [];
    const memory: RuvMemory = {
      recall: () => Promise.resolve({ ...NOTHING_RECALLED, lost: new Map(kept) }),
      before: () =>
        Promise.resolve({ lost: new Map(kept), lookedAt: null, known: new Map(), refused: new Map() }),
      began: () => undefined,
      keep: ({ lost }, over) => told.push([[...lost.keys()], over]),
    };
    const known: ReadChanges = {
      at: KEPT.at,
      ...{ serverUuid: 'a', domainUuid: 'd', newest: { secs: 9, nanos: 0 }, changes: new Map() },
    };
    const watch = new RuvWatch(
      (_, earlier) => {
        if (earlier) before.push(earlier);
        const report = { servers: [], pulls: [] };
        return Promise.resolve({
          ...{
            report,
            known: new Map([['idm-a', known]]),
            lost: new Map(),
            refused: new Map(),
            leftOut: new Map(),
          },
        });
      },
      ...([
        clock,
        new AbortController().signal,
        () => undefined,
        { everyMs: every, largest: null },
        memory,
      ] as const),
    );
    expect(watch.now(servers(1))).toBeNull();
    await watch.recall();
    expect(watch.now(servers(1))?.servers[0]).toMatchObject({ server: 'idm-a', state: 'went-back' });
    expect(healthIn(watch.now(servers(1)))).toBe('unknown');
    watch.tick(servers(1), none);
    await new Promise((resolve) => setImmediate(resolve));
    if (every > 0) {
      // The look goes by it, proves that it is over, and that is kept.
      expect(before[0]?.lost).toEqual(kept);
      expect(told).toEqual([[[], ['idm-a']]]);
      expect(watch.now(servers(1))).toEqual({ servers: [], pulls: [] });
      return;
    }
    // A refresh proves nothing until somebody reads it, who may be another process.
    watch.tick(servers(1), refreshOf('idm-a', '2026-11-29T03:30:00Z'));
    expect(watch.now(servers(1))?.servers[0]).toMatchObject({ state: 'unknown', refreshed: true });
    kept.clear();
    clock.advance(11_000);
    watch.tick(servers(1), none);
    await new Promise((resolve) => setImmediate(resolve));
    expect(watch.now(servers(1))).toBeNull();
  },
);

it.each([
  ['asked', null, []],
  ['by itself', 1000, ['idm-b']],
] as const)(
  'a watch that begins reads no database again for a quarter of an hour, and goes by what was read (%s)',
  async (_, largest, refused) => {
    const clock = new VirtualClock();
    const read: ReadChanges = {
      ...{ serverUuid: 'a', domainUuid: 'd', newest: { secs: 9, nanos: 0 }, changes: new Map() },
      at: new Date(clock.now() - 60_000).toISOString(),
    };
    const no = { code: 'sudo-refused', message: 'No.', fix: '', where: {} };
    const memory: RuvMemory = {
      recall: () => Promise.resolve({ ...NOTHING_RECALLED, lookedAt: clock.now() - 60_000 }),
      before: () =>
        Promise.resolve({
          ...{ lost: new Map(), lookedAt: null },
          ...{ known: new Map([['idm-a', read]]), refused: new Map([['idm-b', no]]) },
        }),
      began: () => undefined,
      keep: () => undefined,
    };
    const before: RuvBefore[] = [];
    const watch = new RuvWatch(
      (_call, earlier) => {
        if (earlier) before.push(earlier);
        const none = { known: new Map(), lost: new Map(), refused: new Map(), leftOut: new Map() };
        return Promise.resolve({ report: { servers: [], pulls: [] }, ...none });
      },
      ...([
        clock,
        new AbortController().signal,
        () => undefined,
        { everyMs: EVERY, largest },
        memory,
      ] as const),
    );
    await watch.recall();
    watch.tick(servers(1), none);
    clock.advance(13 * 60_000);
    watch.tick(servers(1), none);
    expect(before).toEqual([]);
    clock.advance(60_000);
    watch.tick(servers(1), none);
    await new Promise((resolve) => setImmediate(resolve));
    expect(before.map(({ known }) => [...known])).toEqual([[['idm-a', read]]]);
    // Who refused is asked again only where a person wants it.
    expect(before.map((it) => [...it.refused.keys()])).toEqual([refused]);
  },
);

/** A watch whose looks bring this, with a memory that others write to. */
function withOthersBeside(lacks: readonly string[]) {
  const clock = new VirtualClock();
  const lost = new Map<string, Lost>();
  const known = new Map<string, ReadChanges>();
  const memory: RuvMemory = {
    recall: () => Promise.resolve({ ...NOTHING_RECALLED, lost: new Map(lost) }),
    before: () =>
      Promise.resolve({ lost: new Map(lost), lookedAt: null, known: new Map(known), refused: new Map() }),
    began: () => undefined,
    keep: (it) => it.lost.forEach((one, id) => lost.set(id, one)),
  };
  const before: RuvBefore[] = [];
  const watch = new RuvWatch(
    (_call, earlier) => {
      if (earlier) before.push(earlier);
      const own = lacks.map((id) => [id, { ...KEPT, at: new Date(clock.now()).toISOString() }] as const);
      const found = new Map([...(earlier?.lost ?? []), ...own]);
      const at = new Date(clock.now()).toISOString();
      const row = (server: string) => ({
        ...{ server, state: found.has(server) ? ('went-back' as const) : ('read' as const) },
        ...{ cause: '', fix: '', at, newest: null },
      });
      return Promise.resolve({
        report: { servers: ['idm-a', 'idm-b'].map(row), pulls: [] },
        ...{ known: new Map(), lost: found, refused: new Map(), leftOut: new Map() },
      });
    },
    ...([
      clock,
      new AbortController().signal,
      () => undefined,
      { everyMs: EVERY, largest: 1000 },
      memory,
    ] as const),
  );
  /** A while later, and whatever that begins is over. */
  const tick = async (ms: number, pulls = none): Promise<void> => {
    clock.advance(ms);
    for (let n = 0; n < 3; n += 1) {
      watch.tick(servers(1), pulls);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { clock, lost, known, before, tick };
}

it('a server that was refreshed after it went back is read again at once, and once', async () => {
  const { clock, before, tick } = withOthersBeside(['idm-a']);
  await tick(0);
  await tick(60_000);
  expect(before).toHaveLength(1);
  const refreshed = refreshOf('idm-a', new Date(clock.now() - 1000).toISOString());
  await tick(10_000, refreshed);
  expect(before).toHaveLength(2);
  await tick(10_000, refreshed);
  expect(before).toHaveLength(2);
});

it('what others find of a server that this watch leaves out is taken up, and so is their proof that it is over', async () => {
  const { clock, lost, known, before, tick } = withOthersBeside([]);
  await tick(0);
  await tick(60_000);
  expect(before).toHaveLength(1);
  const found = { ...KEPT, at: new Date(clock.now()).toISOString() };
  lost.set('idm-a', found);
  await tick(11_000);
  await tick(11_000);
  expect(before).toHaveLength(2);
  expect([...(before[1]?.lost ?? [])]).toEqual([['idm-a', found]]);
  // The look that knows of it goes on saying so.
  known.set('idm-a', {
    ...{ serverUuid: 'a', domainUuid: 'd', newest: { secs: 9, nanos: 0 }, changes: new Map() },
    at: new Date(clock.now() + 1000).toISOString(),
  });
  lost.clear();
  await tick(EVERY);
  expect([...(before.at(-1)?.lost ?? [])]).toEqual([]);
});

const LARGE = { code: 'ruv-large', message: 'Its database has 40 MB.', fix: '', where: {} };
const SUDO = { code: 'sudo-refused', message: 'sudo does not run it.', fix: 'Allow it.', where: {} };

/** A watch of one server whose looks bring what is said, each under the start that the server has then. */
function startsAgain(
  bring: () => 'read' | 'fails' | 'left-out' | 'refused',
  turn = { everyMs: EVERY, largest: 1000 },
) {
  const clock = new VirtualClock();
  const unread: boolean[] = [];
  let startedAt = clock.now() - 86_400_000;
  const running = () => new Map([['idm-a', { state: 'running', startedAt }]]);
  const watch = new RuvWatch(
    (_call, before) => {
      unread.push(before?.mayBeLarge.has('idm-a') === true);
      const what = bring();
      const at = new Date(clock.now()).toISOString();
      const state = what === 'read' ? ('read' as const) : ('unknown' as const);
      return Promise.resolve({
        report: {
          servers: [{ server: 'idm-a', state, cause: 'Why.', fix: '', at, newest: null }],
          pulls: [],
        },
        ...{ known: new Map(), lost: new Map() },
        refused: new Map(what === 'refused' ? [['idm-a', SUDO]] : []),
        leftOut: new Map(what === 'left-out' ? [['idm-a', LARGE]] : []),
      });
    },
    clock,
    new AbortController().signal,
    () => undefined,
    turn,
  );
  const later = async (ms: number): Promise<boolean> => {
    clock.advance(ms);
    watch.tick(running(), none);
    await new Promise((resolve) => setImmediate(resolve));
    watch.tick(running(), none);
    return watch.now(running())?.servers[0]?.restarted === true;
  };
  return { unread, later, start: (at = clock.now()) => (startedAt = at) };
}

it('a look after a start that fails leaves open whether an older copy is there, until one succeeds', async () => {
  let brings: 'read' | 'fails' = 'read';
  const { later, start } = startsAgain(() => brings);
  expect(await later(0)).toBe(false);
  start();
  brings = 'fails';
  expect(await later(60_000)).toBe(false);
  expect(await later(16 * 60_000)).toBe(true);
  expect(await later(EVERY)).toBe(true);
  brings = 'read';
  expect(await later(EVERY)).toBe(false);
});

it('a server that never could be read is not doubted either', async () => {
  const { later, start } = startsAgain(() => 'fails');
  await later(0);
  start();
  expect(await later(16 * 60_000)).toBe(false);
});

it('a start is another whatever the server’s clock says of it', async () => {
  let brings: 'read' | 'fails' = 'read';
  const { later, start, unread } = startsAgain(() => brings);
  await later(0);
  brings = 'fails';
  start(Date.parse('2001-01-01T00:00:00Z'));
  expect(await later(16 * 60_000)).toBe(true);
  expect(unread).toEqual([false, true]);
});

it('a large one that starts again and again is asked once in six hours, and doubted meanwhile', async () => {
  let brings: 'left-out' | 'fails' = 'left-out';
  const { later, start, unread } = startsAgain(() => brings);
  await later(0);
  start();
  // The look ends it.
  brings = 'fails';
  await later(16 * 60_000);
  for (let n = 0; n < 10; n += 1) {
    start();
    brings = 'left-out';
    expect(await later(16 * 60_000)).toBe(true);
  }
  expect(unread.filter(Boolean)).toHaveLength(1);
  start();
  await later(4 * EVERY);
  expect(unread.filter(Boolean)).toHaveLength(2);
});

it.each([
  ['a server that refuses is not doubted: nobody could end it', 'refused', EVERY, false],
  ['what a look left out: it is doubted once it has started', 'left-out', EVERY, true],
] as const)('%s', async (_, what, everyMs, doubted) => {
  const { later, start } = startsAgain(() => what, { everyMs, largest: 1000 });
  await later(0);
  start();
  expect(await later(16 * 60_000)).toBe(doubted);
});
