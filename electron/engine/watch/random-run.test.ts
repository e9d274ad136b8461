import { expect, it, vi } from 'vitest';
import { actAtRandom, seeded } from '../../../test/support/watched/random-acts';
import { type Claim, isTrue } from '../../../test/support/watched/truth';
import { WatchedWorld } from '../../../test/support/watched/world';
import { VirtualClock } from '../../../test/support/virtual-clock';
import type { FakeLink } from '../../../test/support/fake-fleet';
import { describePull } from '../../../shared/fleet/model/fleet';
import { ok } from '../../../shared/base/result';
import { Noticed } from '../../../shared/events/noticed';
import { Notices } from '../../../shared/events/notices';
import type { StatusReport } from '../../../shared/observed/status';
import { DATABASE } from '../../../test/support/fake-replication';
import {
  RUV_EVERY,
  RUV_LARGEST,
  RUV_LARGEST_STARTED,
  ruvByItself,
  type RuvTurn,
} from '../../../shared/ruv/by-itself';
import { momentOf } from '../base/time';
import { Connections } from '../fleet/connections';
import { ServerWatches } from './server-watches';
import { watchFleet } from './watch-fleet';

/*
 * A model test: the real watch over servers in memory of which all is known. Whatever is done to them, nothing is green that
 * is not true for longer than two intervals of what would notice it. `npm run test:long` takes ten thousand steps in one run.
 */

let world: WatchedWorld;
// TLS alone is left out: what is said over it, and what is judged by it, is real.
vi.mock(import('../serves/https'), async (original) => ({
  ...(await original()),
  secure: (_stream, _name, server) => Promise.resolve(ok(world.web(server))),
}));

const POLL = 15_000;
const LOGINS = 60_000;
const RUV = 300_000;
/** A state is asked for every two seconds, and a report is a moment old. */
const SLACK = 5_000;
/** For how long a claim may be shown that is not true any more. Milliseconds. */
const BOUNDS: Readonly<Record<Claim['kind'], number>> = {
  arrives: 2 * POLL + 10_000 + SLACK,
  whole: 2 * RUV,
  serves: 2 * LOGINS,
  sessions: 2 * LOGINS,
};

const PAIR = [['idm-a', 'idm-b']] as const;
const STAR = [
  ['idm-a', 'idm-b'],
  ['idm-a', 'idm-c', 'mutual = false'],
] as const;

/** What a report claims by its green. */
const claimsOf = ({ pulls, undrawn, serves }: StatusReport): readonly Claim[] => [
  ...[...pulls, ...undrawn].flatMap(({ consumer, supplier, health }): Claim[] =>
    health === 'replicating'
      ? [
          { kind: 'arrives', consumer, supplier },
          { kind: 'whole', consumer, supplier },
        ]
      : [],
  ),
  ...(serves?.servers ?? []).flatMap(({ server, state }): Claim[] =>
    state === 'serves' ? [{ kind: 'serves', server }] : [],
  ),
  ...(serves?.logins ?? []).flatMap(({ consumer, supplier, state, cause }): Claim[] => {
    if (state !== 'good') return [];
    const there: Claim = { kind: 'sessions', madeOn: supplier, shownTo: consumer };
    const isBoth = cause.endsWith('the other way round.');
    return isBoth ? [there, { kind: 'sessions', madeOn: consumer, shownTo: supplier }] : [there];
  }),
];

const nameOf = (claim: Claim): string =>
  `${claim.kind} ${
    'server' in claim
      ? claim.server
      : 'madeOn' in claim
        ? `of ${claim.madeOn} on ${claim.shownTo}`
        : describePull(claim)
  }`;

/** Since when claims are false, and for how long any was shown all the same. */
class Judge {
  readonly wrong: string[] = [];
  readonly shown = new Map<Claim['kind'], number>();
  readonly worst = new Map<Claim['kind'], number>();
  readonly told = new Map<string, number>();
  readonly acts: string[] = [];
  report: StatusReport | null = null;
  private readonly falseSince = new Map<string, number>();
  private readonly noticed = new Noticed();
  private readonly notices = new Notices();

  constructor(
    private readonly clock: VirtualClock,
    private readonly all: readonly Claim[],
    private readonly bounds = BOUNDS,
  ) {}

  /** To be called whenever the world or what is shown of it has changed. */
  look(): void {
    const now = this.clock.monotonic();
    for (const claim of this.all) {
      const name = nameOf(claim);
      if (isTrue(world, claim)) this.falseSince.delete(name);
      else if (!this.falseSince.has(name)) this.falseSince.set(name, now);
    }
    for (const claim of this.report === null ? [] : claimsOf(this.report)) {
      this.shown.set(claim.kind, (this.shown.get(claim.kind) ?? 0) + 1);
      const forMs = now - (this.falseSince.get(nameOf(claim)) ?? now);
      this.worst.set(claim.kind, Math.max(forMs, this.worst.get(claim.kind) ?? 0));
      if (forMs > this.bounds[claim.kind] && this.wrong.length < 3)
        this.wrong.push(
          `${nameOf(claim)} is shown though false for ${forMs / 1000} s, at ${now / 1000} s, after ${this.acts.slice(-30).join('; ')}`,
        );
    }
  }

  take(report: StatusReport): void {
    this.report = report;
    const events = this.noticed.look(report, momentOf(this.clock));
    for (const { title } of this.notices.look(events, false, this.noticed.standing))
      this.told.set(title, (this.told.get(title) ?? 0) + 1);
    this.look();
  }
}

/**
 * A fleet in a world, watched.
 * @param ruvTurn how RUVs are read; a database that is too large for it is doubted from its start on.
 * @param sizes of the databases, bytes, in the order of the ids.
 */
function watching(
  ids: readonly string[],
  links: readonly FakeLink[],
  ruvTurn: RuvTurn = { everyMs: RUV, largest: null },
  sizes: readonly number[] = [],
) {
  const clock = new VirtualClock();
  world = new WatchedWorld(ids, links, clock);
  for (const [index, id] of ids.entries()) {
    const size = sizes[index];
    if (size !== undefined) world.at(id).server.files.put(DATABASE, '', { size, mode: 0o600 });
  }
  const pulls = links.flatMap(([supplier, consumer, ...more]) => [
    { consumer, supplier },
    ...(more.length === 0 ? [{ consumer: supplier, supplier: consumer }] : []),
  ]);
  const judge = new Judge(
    clock,
    [
      ...pulls.flatMap((it): Claim[] => [
        { kind: 'arrives', ...it },
        { kind: 'whole', ...it },
        { kind: 'sessions', madeOn: it.supplier, shownTo: it.consumer },
        { kind: 'sessions', madeOn: it.consumer, shownTo: it.supplier },
      ]),
      ...ids.map((server): Claim => ({ kind: 'serves', server })),
    ],
    { ...BOUNDS, whole: 2 * ruvTurn.everyMs },
  );
  const connections = new Connections({
    ...{ home: '/', env: {}, log: () => undefined, open: world.fleet.open },
    prompter: { acceptHostKey: async () => false, secret: async () => null },
  });
  const watches = new ServerWatches(connections, clock);
  const stop = new AbortController();
  const every = { loginsEveryMs: LOGINS, ruvTurn };
  const watched = (async () => {
    const parts = { watches, clock, signal: stop.signal, ...every };
    for await (const report of watchFleet(world.fleet.text, parts)) judge.take(report);
  })();
  return {
    ...{ clock, judge },
    rest: (ms: number) => clock.sleep(ms, stop.signal),
    end: async () => {
      stop.abort();
      await watched;
      await watches.close();
    },
  };
}

/** How RUVs are read by default, and databases between its bounds and below them. */
const DEFAULT = ruvByItself(RUV_EVERY);
const SIZES = [RUV_LARGEST + 8_000_000, RUV_LARGEST_STARTED - 10_000_000, RUV_LARGEST - 12_000_000];

async function run(seed: number, steps: number, links: readonly FakeLink[], isDefault: boolean) {
  const random = seeded(seed);
  const ids = [...new Set(links.flatMap(([supplier, consumer]) => [supplier, consumer]))];
  const { clock, judge, rest, end } = isDefault ? watching(ids, links, DEFAULT, SIZES) : watching(ids, links);
  // Of hours a long rest is made here, of minutes there.
  const longest = isDefault ? ([3_600, 9_000] as const) : ([360, 720] as const);
  await rest(60_000);
  for (let step = 0; step < steps && judge.wrong.length === 0; step += 1) {
    judge.acts.push(`${Math.round(clock.monotonic() / 1000)}: ${actAtRandom(world, random)}`);
    judge.look();
    const kind = random();
    const [least, most] = kind < 0.85 ? [1, 15] : kind < 0.985 ? [30, 80] : longest;
    await rest((least + random() * (most - least)) * 1000);
    judge.look();
  }
  await end();
  return judge;
}

const IS_LONG = process.env['KANILINK_LONG'] === '1';
const [STEPS, RUNS] = IS_LONG ? [10_000, 1] : [1_000, 4];
/** The long run looks for what nobody knows yet; the short one says the same of the same code. */
const SEED = Number(process.env['KANILINK_SEED'] ?? (IS_LONG ? Date.now() % 1_000_000 : 790_378));
const kinds = ['arrives', 'whole', 'serves', 'sessions'] as const;

it.each(Array.from({ length: RUNS }, (_, index) => SEED + index))(
  'shows nothing that is not true for longer than two intervals: seed %i',
  async (seed) => {
    // Hours pass between the steps of the default: a run of it is long with fewer.
    const isDefault = Math.floor(seed / 2) % 2 === 0;
    const steps = STEPS / RUNS / (isDefault && !IS_LONG ? 2 : 1);
    const judge = await run(seed, steps, seed % 2 === 0 ? PAIR : STAR, isDefault);
    const worst = kinds.map((kind) => {
      const forMs = judge.worst.get(kind) ?? 0;
      return `${kind} ${Math.round(forMs / 1000)} s (shown ${judge.shown.get(kind) ?? 0} times)`;
    });
    console.info(`seed ${seed}, ${steps} steps, shown though false for at most: ${worst.join(', ')}`);
    expect(judge.wrong).toEqual([]);
    // What is never green proves nothing.
    for (const kind of kinds) expect(judge.shown.get(kind) ?? 0).toBeGreaterThan(steps / 4);
  },
  3_600_000,
);

it('a database that is too large to be read is not green once an older copy was put there, until it is refreshed', async () => {
  const { judge, rest, end } = watching(['idm-a', 'idm-b'], PAIR, { everyMs: RUV, largest: 1 }, [
    1,
    RUV_LARGEST_STARTED + 1,
  ]);
  const healths = (): readonly string[] => (judge.report?.pulls ?? []).map(({ health }) => health);
  await rest(120_000);
  expect(healths()).toEqual(['replicating', 'replicating']);
  const older = world.at('idm-b').data;
  world.write('idm-b');
  await rest(60_000);
  world.putBack('idm-b', older);
  judge.look();
  await rest(BOUNDS.arrives);
  expect(healths()).toEqual(['unknown', 'unknown']);
  for (const { cause } of judge.report?.pulls ?? [])
    expect(cause).toMatch(/^idm-b: It started at .* older copy/);
  await rest(2 * RUV);
  expect(healths()).toEqual(['unknown', 'unknown']);
  world.refresh('idm-b');
  await rest(120_000);
  expect(healths()).toEqual(['replicating', 'replicating']);
  await end();
  expect(judge.wrong).toEqual([]);
});

it('a database that is read after starts only is found put back, though its partner’s is not read by itself', async () => {
  const { judge, rest, end } = watching(['idm-a', 'idm-b'], PAIR, DEFAULT, SIZES);
  const hours = 3_600_000;
  await rest(120_000);
  world.at('idm-b').server.stop();
  world.at('idm-b').server.start();
  await rest(2 * hours);
  // The copy has all that the look after that start read.
  const older = world.at('idm-b').data;
  world.write('idm-b');
  // No such look is taken twice in six hours.
  await rest(4.5 * hours);
  world.putBack('idm-b', older);
  judge.look();
  await rest(hours);
  await end();
  expect(judge.wrong).toEqual([]);
  expect([...judge.told.keys()]).toContain('idm-b was restored to an older copy of its database');
});

it('what goes to and fro raises one notice, and one when it stays well', async () => {
  const { judge, rest, end } = watching(['idm-a', 'idm-b'], PAIR);
  await rest(120_000);
  const verdicts = new Set<string>();
  for (let turn = 0; turn < 30; turn += 1) {
    world.cut('idm-a', 'idm-b', turn % 2 === 0);
    await rest(turn % 3 === 0 ? 70_000 : 40_000);
    for (const { health } of judge.report?.pulls ?? []) verdicts.add(health);
  }
  world.cut('idm-a', 'idm-b', false);
  await rest(2_100_000);
  await end();
  // It did go to and fro.
  expect(verdicts).toContain('replicating');
  expect(verdicts).toContain('broken');
  expect(Object.fromEntries(judge.told)).toEqual({
    'idm-a ← idm-b does not work': 1,
    'idm-b ← idm-a does not work': 1,
    'idm-a ← idm-b works again': 1,
    'idm-b ← idm-a works again': 1,
  });
});
