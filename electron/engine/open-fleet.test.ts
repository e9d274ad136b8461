import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { each } from './base/batches';
import { type FakeFleet, fakeFleet } from '../../test/support/fake-fleet';
import type { LogLineView } from '../../shared/ipc';
import { fail } from '../../shared/base/result';
import type { StatusReport } from '../../shared/observed/status';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, systemClock } from './base/time';
import { createEngine, type EngineOptions } from './create-engine';
import { inOwnFolder } from '../../test/support/own-folder';

let configDir: string;
const stop: AbortController[] = [];
const engines: ReturnType<typeof createEngine>[] = [];
inOwnFolder('open', (made) => (configDir = made));
afterEach(async () => {
  for (const one of stop.splice(0)) one.abort();
  for (const engine of engines.splice(0)) await engine.close();
});

const pair = (): FakeFleet => fakeFleet({ 'idm-a': [], 'idm-b': [] }, [['idm-a', 'idm-b']]);

function engineOf(fleet: FakeFleet, more: Partial<EngineOptions> = {}) {
  const engine = createEngine({
    ...{ home: configDir, env: {}, configDir, log: () => undefined, practiceProgram: [] },
    prompter: { acceptHostKey: async () => false, secret: async () => null },
    ...{ open: fleet.open, ...more },
  });
  engines.push(engine);
  return engine;
}

/** Opens a fleet as the window does (`App.lookAgain`): watch, logs, and a moment later the plan. */
function openAsWindow(engine: ReturnType<typeof createEngine>, { text }: FakeFleet) {
  const end = new AbortController();
  stop.push(end);
  const reports: StatusReport[] = [];
  const lines: LogLineView[] = [];
  const read = async <T>(items: AsyncIterable<T>, take: (item: T) => void): Promise<void> => {
    for await (const item of items) take(item);
  };
  const logs = { server: null, follow: true, sinceMs: systemClock.now() - 5 * 60_000 };
  const streams = Promise.all([
    read(engine.watch(text, end.signal), (it) => reports.push(it)),
    read(each(engine.logs(text, logs, end.signal)), (it) => it.ok && lines.push(it.value)),
  ]);
  const plan = sleep(600).then(() => engine.plan(text, { signal: end.signal, timeoutMs: 9000 }));
  return { reports, lines, plan, close: () => (end.abort(), streams) };
}

const gone = fail({ code: 'cancelled', message: '', fix: '', where: {} });

const ONE_PROBE = {
  facts: 1,
  'readFile /etc/kanidm/server.toml': 1,
  'kanidmd version': 1,
  'kanidmd domain show': 1,
  'kanidmd show-replication-certificate': 1,
};

/** What the look at its RUV adds (decision 62): the version, right before the database is read. */
const ONE_LOOK = { 'kanidmd version': 2, 'kanidmd scripting backup': 1 };
const looked = (fleet: FakeFleet, id: string) =>
  expect.poll(() => fleet.count(id)['kanidmd scripting backup'], { timeout: 20_000 }).toBe(1);

describe('a fleet that is opened', () => {
  it('probes each server once and follows its log once', async () => {
    const fleet = pair();
    const engine = engineOf(fleet);
    const opened = openAsWindow(engine, fleet);
    expect((await opened.plan).ok).toBe(true);
    await sleep(1500);
    for (const id of ['idm-a', 'idm-b']) {
      await looked(fleet, id);
      expect(fleet.count(id)).toMatchObject({ ...ONE_PROBE, ...ONE_LOOK, follow: 1 });
      // The evidence, and what it said at its start.
      expect(fleet.count(id)['logs']).toBeLessThanOrEqual(2);
    }
    expect(fleet.dialled).toEqual(['idm-a', 'idm-b']);
    expect(opened.reports.at(-1)?.servers.map((it) => it.state)).toEqual(['running', 'running']);
    expect(opened.lines.filter((it) => it.raw.includes('Starting Kanidmd')).map((it) => it.server)).toEqual([
      'idm-a',
      'idm-b',
    ]);
  });

  it('and opened anew at once, as after an edit, goes on with what is known', async () => {
    const fleet = pair();
    const engine = engineOf(fleet);
    const first = openAsWindow(engine, fleet);
    await first.plan;
    await looked(fleet, 'idm-a');
    await first.close();
    const again = openAsWindow(engine, fleet);
    await again.plan;
    expect(fleet.count('idm-a')).toMatchObject({ ...ONE_PROBE, ...ONE_LOOK, follow: 1 });
    expect(again.reports).not.toEqual([]);
    expect(again.lines).toHaveLength(first.lines.length);
  });

  it('is probed anew when a person checks', async () => {
    const fleet = pair();
    const engine = engineOf(fleet);
    await openAsWindow(engine, fleet).plan;
    engine.lookAnew();
    await openAsWindow(engine, fleet).plan;
    expect(fleet.count('idm-a')).toMatchObject({ facts: 2, 'kanidmd domain show': 2, follow: 1 });
  });

  it('shows each server the moment it answers', async () => {
    const fleet = pair();
    const engine = engineOf(fleet, {
      open: (server, path, call) =>
        server.id === 'idm-b'
          ? new Promise((done) => call.signal.addEventListener('abort', () => done(gone)))
          : fleet.open(server, path, call),
    });
    const { reports, lines } = openAsWindow(engine, fleet);
    await sleep(1500);
    expect(reports.at(-1)?.servers.map((it) => it.id)).toEqual(['idm-a']);
    expect(reports.at(-1)?.pulls).toEqual([]);
    expect(reports.at(-1)?.problems.filter((it) => it.server === 'idm-b')).toEqual([]);
    expect(lines.map((it) => it.server)).toContain('idm-a');
  });

  it('is left alone when nobody looks any more', async () => {
    const fleet = pair();
    const hasty: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 20, signal) };
    const opened = openAsWindow(engineOf(fleet, { clock: hasty }), fleet);
    await opened.plan;
    expect(fleet.openLogs()).toBe(2);
    await opened.close();
    await sleep(600);
    expect(fleet.openLogs()).toBe(0);
    const before = fleet.count('idm-a');
    await sleep(400);
    expect(fleet.count('idm-a')).toEqual(before);
  });
});

describe('fleets that are opened one after the other, faster than their watches end', () => {
  /** What Node says of too many listeners on one signal. */
  const warnings: string[] = [];
  const warned = (warning: Error): void => void warnings.push(`${warning.name}: ${warning.message}`);
  beforeEach(() => void process.on('warning', warned));
  afterEach(() => {
    process.off('warning', warned);
    warnings.splice(0);
  });
  /** Watches a fleet until its first report. */
  const glance = async (engine: ReturnType<typeof createEngine>, { text }: FakeFleet): Promise<void> => {
    const end = new AbortController();
    for await (const _report of engine.watch(text, end.signal)) end.abort();
  };

  it('leave nothing behind on a signal that all share', async () => {
    const fleets = Array.from({ length: 12 }, (_, n) =>
      fakeFleet({ [`a-${n}`]: [], [`b-${n}`]: [] }, [[`a-${n}`, `b-${n}`]]),
    );
    const open: EngineOptions['open'] = (server, ...more) =>
      fleets.find(({ servers }) => servers.some(({ id }) => id === server.id))!.open(server, ...more);
    const engine = engineOf(fleets[0]!, { open });
    for (const fleet of fleets) await glance(engine, fleet);
    expect(fleets.map(({ dialled }) => dialled.length)).toEqual(Array(12).fill(2));
    // Node says it a turn later.
    await new Promise(setImmediate);
    expect(warnings).toEqual([]);
  });

  it('nor does one that is opened and closed many times', async () => {
    const fleet = pair();
    const engine = engineOf(fleet);
    for (let n = 0; n < 12; n += 1) await glance(engine, fleet);
    expect(fleet.dialled).toEqual(['idm-a', 'idm-b']);
    // Node says it a turn later.
    await new Promise(setImmediate);
    expect(warnings).toEqual([]);
  });
});

describe('what is known of a server', () => {
  const call = () => ({ signal: new AbortController().signal, timeoutMs: 9000 });

  it('is known to all who ask, and a deploy of what nobody reviewed looks itself', async () => {
    const fleet = fakeFleet(
      { 'idm-a': [], 'idm-b': [] },
      [['idm-a', 'idm-b']],
      () => (asked) =>
        asked === 'lock' ? { fails: { code: 'locked', message: '', fix: '', where: {} } } : null,
    );
    const engine = engineOf(fleet);
    const planned = await engine.plan(fleet.text, call());
    if (!planned.ok) throw new Error(planned.error.message);
    await engine.certificates(fleet.text, call());
    await engine.status(fleet.text, { ...call(), wait: false });
    const deployed = async (fingerprint: string | null) => {
      const events = [];
      const consent = { fingerprint, erase: ['idm-b'] };
      for await (const event of engine.deploy(fleet.text, consent, call().signal)) events.push(event);
      expect(events.at(-1)).toMatchObject({ outcome: 'refused', problems: [{ code: 'locked' }] });
      return fleet.count('idm-a')['facts'];
    };
    expect(await deployed(planned.value.fingerprint)).toBe(1);
    expect(await deployed(null)).toBe(2);
  });
});
