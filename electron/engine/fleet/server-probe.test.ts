import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { fakeFleet } from '../../../test/support/fake-fleet';
import { fleetOfTest } from '../../../test/support/fleet-fixtures';
import { fail } from '../../../shared/base/result';
import { type Clock, systemClock, uncancelled } from '../base/time';
import { Connections, type ConnectionsOptions } from './connections';
import { ServerProbe } from './server-probe';

const [server] = fleetOfTest(['idm-a'], []).servers;
if (!server) throw new Error('it is there');

function stage(more: Partial<ConnectionsOptions> = {}) {
  const fleet = fakeFleet({ 'idm-a': [] });
  const at = { wall: 0, monotonic: 0 };
  const clock: Clock = {
    ...systemClock,
    now: () => systemClock.now() + at.wall,
    monotonic: () => systemClock.monotonic() + at.monotonic,
  };
  const connections = new Connections({
    ...{ home: '/', env: {}, open: fleet.open, ...more },
    prompter: { acceptHostKey: async () => false, secret: async () => null },
  });
  let told = 0;
  const probe = new ServerProbe(
    server as NonNullable<typeof server>,
    null,
    connections,
    clock,
    () => (told += 1),
  );
  return {
    probe,
    at,
    facts: () => fleet.count('idm-a')['facts'] ?? 0,
    told: () => told,
    dialled: fleet.dialled,
    started: (by: number) => {
      for (const it of fleet.servers) it.startedAt = (it.startedAt ?? 0) + by;
    },
  };
}
const call = uncancelled(10_000);

describe('a probe is given to more than one', () => {
  it('while it runs and for a moment after', async () => {
    const { probe, at, facts, told } = stage();
    const [one, other] = await Promise.all([probe.take(call), probe.take(call)]);
    expect(one?.observed).toBe(other?.observed);
    await probe.take(call);
    expect([facts(), told()]).toEqual([1, 1]);
    at.wall = at.monotonic = 2500;
    await probe.take(call);
    expect(facts()).toBe(2);
  });

  it('says one start of a server at each look, however slow the way was', async () => {
    const { probe, started } = stage();
    const look = async (by: number) => {
      started(by);
      return (await probe.take(call, 0)).observed.facts?.startedAt ?? 0;
    };
    const first = await look(0);
    for (const by of [40, -900, 2_500, 2_500, 2_500]) expect(await look(by)).toBe(first);
    expect(await look(8_000)).toBe(first + 14_640);
  });

  it('never to whom a look of its own is due', async () => {
    const { probe, facts } = stage();
    await probe.take(call);
    await probe.take(call, 0);
    expect(facts()).toBe(2);
  });

  it.each([
    ['set back', -3_600_000],
    ['set forward, or the computer slept', 3_600_000],
  ])('not when the clock was %s since', async (_, wall) => {
    const { probe, at, facts } = stage();
    await probe.take(call);
    at.wall = wall;
    await probe.take(call);
    expect(facts()).toBe(2);
  });

  it.each([
    ['a file that is replaced', 'replaceFile'],
    ['a restart', 'restart'],
    ['a command that is no question', 'renew'],
  ])('not after %s over its connection, however it ends', async (_, what) => {
    const { probe, facts } = stage();
    const { site } = await probe.take(call);
    const connection = site?.connection;
    await connection?.kanidmd(['version'], call);
    await connection?.stat('/etc/kanidm/server.toml', call);
    await probe.take(call);
    expect(facts()).toBe(1);
    const expectSha = 'x' as never;
    if (what === 'replaceFile')
      await connection?.replaceFile('/etc/kanidm/server.toml', new Uint8Array(), {
        ...call,
        expect: expectSha,
      });
    if (what === 'restart') await connection?.service.restart(call);
    if (what === 'renew') await connection?.kanidmd(['renew-replication-certificate'], call);
    expect(probe.outdated).toBe(true);
    await probe.take(call);
    expect(facts()).toBe(2);
  });

  it('not when a change came while it ran', async () => {
    const { probe, facts } = stage();
    const early = probe.take(call);
    await sleep(0);
    probe.changed();
    const late = probe.take(call);
    expect((await early).observed).not.toBe((await late).observed);
    expect(facts()).toBe(2);
    await probe.take(call);
    expect(facts()).toBe(2);
  });
});

describe('who asks', () => {
  it('leaves without ending it for the others; the last one ends it', async () => {
    const dials: AbortSignal[] = [];
    const { probe } = stage({
      open: (_, __, { signal }) => {
        dials.push(signal);
        return new Promise(() => undefined);
      },
    });
    const [first, second] = [new AbortController(), new AbortController()];
    const one = probe.take({ signal: first.signal, timeoutMs: 1000 });
    const other = probe.take({ signal: second.signal, timeoutMs: 1000 });
    await sleep(1);
    first.abort();
    expect((await one).observed).toMatchObject({ state: 'unreachable', faults: [{ code: 'cancelled' }] });
    expect(dials[0]?.aborted).toBe(false);
    second.abort();
    await other;
    expect(dials).toHaveLength(1);
    expect(dials[0]?.aborted).toBe(true);
  });

  it('and has more time than the one who began it, has that time', async () => {
    const limits: number[] = [];
    const { probe } = stage({
      open: async (_, __, { timeoutMs }) => {
        limits.push(timeoutMs);
        return fail({ code: 'timed-out', message: '', fix: '', where: {} });
      },
    });
    await Promise.all([probe.take(uncancelled(20)), probe.take(uncancelled(200))]);
    expect(limits).toEqual([20, 200]);
  });
});
