import { afterEach, describe, expect, it } from 'vitest';
import { type FakeFleet, fakeFleet, type FakeLink } from '../../../test/support/fake-fleet';
import { VirtualClock } from '../../../test/support/virtual-clock';
import type { FleetServer } from '../../../shared/fleet/model/fleet';
import { readFleet } from '../../../shared/fleet/read/read-fleet';
import type { StatusReport } from '../../../shared/observed/status';
import { createEngine } from '../create-engine';
import { Connections } from '../fleet/connections';
import { ServerWatches } from './server-watches';
import { inOwnFolder } from '../../../test/support/own-folder';

/*
 * Each server by itself: one of five that accepts and never speaks (or refuses, or is slow) changes nothing of the others.
 */

let configDir: string;
const ends: (() => Promise<unknown>)[] = [];
inOwnFolder('silent', (made) => (configDir = made));
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const FOUR = ['idm-a', 'idm-b', 'idm-c', 'idm-d'];
const FIVE = [...FOUR, 'idm-e'];
type Mishap = 'silent' | 'refuses' | 'slow' | null;

/** idm-a linked with all others, and deployed; idm-e does as it is told. */
function engineOf(ids: readonly string[], mishap: Mishap) {
  const clock = new VirtualClock();
  const others = ids.filter((id) => id !== 'idm-a');
  const tables = Object.fromEntries(
    ids.map((id) => [id, id === 'idm-a' ? others.map((it) => `${it} mutual-pull`) : ['idm-a mutual-pull']]),
  );
  const links = others.map((id): FakeLink => ['idm-a', id]);
  const refusal = { code: 'connection-refused', message: 'refused', fix: '', where: {} };
  const does = { silent: { hangs: true }, refuses: { fails: refusal }, slow: { slow: 15_000 } } as const;
  const fleet: FakeFleet = fakeFleet(
    tables,
    links,
    (id) => () => (id === 'idm-e' && mishap !== null ? does[mishap] : null),
    { clock },
  );
  const engine = createEngine({
    ...{ home: configDir, env: {}, configDir, log: () => undefined, practiceProgram: [] },
    prompter: { acceptHostKey: async () => false, secret: async () => null },
    ...{ open: fleet.open, clock },
  });
  ends.push(() => engine.close());
  return { engine, fleet, clock };
}

/** Watches until a report holds; how long that took, and the report. */
async function watchUntil(
  { engine, fleet, clock }: ReturnType<typeof engineOf>,
  holds: (report: StatusReport) => boolean,
) {
  const stop = new AbortController();
  const began = clock.monotonic();
  const watch = engine.watch(fleet.text, stop.signal)[Symbol.asyncIterator]();
  ends.push(async () => {
    stop.abort();
    await watch.return?.();
  });
  for (;;) {
    const { value, done } = await watch.next();
    if (done === true) throw new Error('the watch ended');
    if (holds(value)) return { report: value, took: clock.monotonic() - began };
  }
}

const hasFour = ({ servers }: StatusReport): boolean =>
  FOUR.every((id) => servers.some((server) => server.id === id && server.state === 'running'));
const pullsOfFour = ({ pulls }: StatusReport) =>
  pulls.filter(({ consumer, supplier }) => consumer !== 'idm-e' && supplier !== 'idm-e');
const call = { signal: new AbortController().signal, timeoutMs: 730_000 };

describe.each(['silent', 'refuses', 'slow'] as const)('one server of five that is %s', (mishap) => {
  it('keeps the others waiting for nothing: they are shown, and their pulls judged, as without it', async () => {
    const alone = await watchUntil(engineOf(FOUR, null), hasFour);
    const beside = await watchUntil(engineOf(FIVE, mishap), hasFour);
    expect(beside.took).toBeLessThanOrEqual(alone.took + 500);
    expect(pullsOfFour(beside.report)).toHaveLength(6);
    expect(pullsOfFour(beside.report).map(({ health }) => health)).toEqual(
      alone.report.pulls.map(({ health }) => health),
    );
  });

  it('holds up their status by no more than one question may take', async () => {
    const { engine, fleet, clock } = engineOf(FIVE, mishap);
    const began = clock.monotonic();
    const status = await engine.status(fleet.text, { ...call, wait: false });
    if (!status.ok) throw new Error(status.error.message);
    expect(hasFour(status.value)).toBe(true);
    expect(pullsOfFour(status.value)).toHaveLength(6);
    // A slow one answers every question, a few of them one after the other.
    expect(clock.monotonic() - began).toBeLessThanOrEqual(mishap === 'slow' ? 100_000 : 21_000);
  });
});

it('a hundred and ninety-nine that are silent hold up the one that answers by seconds, and are told of as they are', async () => {
  const clock = new VirtualClock();
  const ids = Array.from({ length: 200 }, (_, n) => `idm-${n}`);
  const last = 'idm-199';
  const fleet = fakeFleet(
    Object.fromEntries(ids.map((id) => [id, []])),
    [],
    (id) => () => (id === last ? null : { hangs: true }),
    { clock },
  );
  // Not even a connection is made to those that are silent.
  const open: FakeFleet['open'] = async (...args) => {
    if (args[0].id !== last) await clock.sleep(15_000, args[2].signal);
    return fleet.open(...args);
  };
  const engine = createEngine({
    ...{ home: configDir, env: {}, configDir, log: () => undefined, practiceProgram: [] },
    prompter: { acceptHostKey: async () => false, secret: async () => null },
    ...{ open, clock },
  });
  ends.push(() => engine.close());
  const watched = { engine, fleet, clock };
  const stateOf = ({ servers }: StatusReport, id: string) => servers.find((it) => it.id === id)?.state;
  const one = await watchUntil(watched, (report) => stateOf(report, last) === 'running');
  // Thirty-two are dialled at once, and one that is silent for three seconds makes room: the last is in the seventh turn.
  expect(one.took).toBeLessThan(40_000);
  const all = await watchUntil(watched, ({ servers }) => servers.length === 200);
  expect(all.report.servers.filter(({ state }) => state === 'unreachable')).toHaveLength(199);
  expect(one.took + all.took).toBeLessThan(120_000);
}, 120_000);

describe('a plan beside a silent server that is watched', () => {
  it('is made from what is known, asks nobody, and says who was not read', async () => {
    const it = engineOf(FIVE, 'silent');
    await watchUntil(it, hasFour);
    const facts = () => FOUR.map((id) => it.fleet.count(id)['facts']);
    const before = facts();
    // Time stands still: no poll of the watch is taken for one of the plan.
    const go = it.clock.hold();
    const plan = await it.engine.plan(it.fleet.text, { ...call, asSeen: true });
    expect(facts()).toEqual(before);
    go();
    expect(plan).toMatchObject({ ok: true, value: { notRead: ['idm-e'] } });
  });

  it('of the servers as they are waits for it for a moment', async () => {
    const clock = new VirtualClock();
    const fleet = fakeFleet(
      { 'idm-a': [], 'idm-e': [] },
      [],
      (id) => () => (id === 'idm-e' ? { hangs: true } : null),
      {
        clock,
      },
    );
    const prompter = { acceptHostKey: async () => false, secret: async () => null };
    const watches = new ServerWatches(
      new Connections({ home: '/', env: {}, prompter, open: fleet.open }),
      clock,
    );
    ends.push(() => watches.close());
    const servers = readFleet(fleet.text.text, null).fleet?.servers ?? [];
    for (const server of servers) watches.hold(server, null);
    await watches.observe(servers[0] as FleetServer, null, call);
    const began = clock.monotonic();
    const seen = await Promise.all(servers.map((server) => watches.patient.observe(server, null, call)));
    expect(clock.monotonic() - began).toBeLessThan(6000);
    expect(seen.map(({ observed }) => observed.state)).toEqual(['running', 'unreachable']);
    expect(seen[1]?.observed.faults).toMatchObject([{ code: 'timed-out', where: { server: 'idm-e' } }]);
  });

  it('before anything was read claims nothing', async () => {
    const { engine, fleet } = engineOf(FIVE, null);
    const plan = await engine.plan(fleet.text, { ...call, asSeen: true });
    expect(plan).toMatchObject({ ok: true, value: { steps: [], notRead: FIVE, observed: '' } });
    if (plan.ok) expect(plan.value.problems.filter(({ server }) => server !== null)).toEqual([]);
  });

  it('tells another reading once a server is seen otherwise', async () => {
    const it = engineOf(FOUR, null);
    await watchUntil(it, hasFour);
    const before = await it.engine.plan(it.fleet.text, { ...call, asSeen: true });
    it.fleet.servers[1]?.stop();
    await watchUntil(it, ({ servers }) => servers.some(({ state }) => state === 'stopped'));
    const after = await it.engine.plan(it.fleet.text, { ...call, asSeen: true });
    if (!before.ok || !after.ok) throw new Error('it was planned');
    expect(after.value.observed).not.toBe(before.value.observed);
    it.fleet.servers[1]?.start();
    const { report } = await watchUntil(it, hasFour);
    expect(report.problems.filter(({ code }) => code.includes('running'))).toEqual([]);
  });
});
