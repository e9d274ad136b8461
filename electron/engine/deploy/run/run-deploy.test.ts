import { describe, expect, it } from 'vitest';
import { fakeServer, fakeSite } from '../../../../test/support/fake-deployment';
import { makeTlsCertificate } from '../../../../practice/host/certificates';
import { fleetOfTest, originOfTest } from '../../../../test/support/fleet-fixtures';
import { id } from '../../../../test/support/step-trial';
import type { DeployEvent } from '../../../../shared/plan/model/deploy';
import { builderOf, planOf } from '../../../../shared/plan/make/make-plan';
import type { ServerConnection } from '../../connect/connection';
import { fail } from '../../../../shared/base/result';
import { systemClock } from '../../base/time';
import { readDeploys } from '../journal/read-journal';
import { runDeploy } from './run-deploy';
import type { Site } from '../deployment/deployment';
import { VirtualClock } from '../../../../test/support/virtual-clock';
import { inOwnFolder } from '../../../../test/support/own-folder';

let configDir: string;
inOwnFolder('run', (made) => (configDir = made));

/** Restarts both servers of a fleet of two, the second one over a connection that was changed. */
async function restartBoth(change: (real: ServerConnection) => Partial<ServerConnection>) {
  const clock = new VirtualClock();
  const servers = ['idm-a', 'idm-b'].map((it) => fakeServer(it, [], { now: () => clock.now() }));
  const fleet = fleetOfTest(['idm-a', 'idm-b'], []);
  const [a, b] = await Promise.all(servers.map((it) => fakeSite(it, undefined, clock)));
  if (!a || !b) throw new Error('both are there');
  const sites: readonly Site[] = [a, { ...b, connection: { ...b.connection, ...change(b.connection) } }];
  const builder = builderOf(
    fleet,
    sites.map((it) => it.observed),
  );
  for (const site of sites) builder.restart(site.server.id, 'a test');
  const events: DeployEvent[] = [];
  const outcome = await runDeploy({
    ...{ fleet, text: { path: '/f.toml', text: '' }, plan: planOf(builder, []) },
    sites: new Map(sites.map((it) => [it.server.id, it])),
    ...{ erase: [], purpose: 'apply', of: null, partial: false, takeOver: false, configDir },
    past: { deploys: [], unreadable: [] },
    ...{ clock, signal: new AbortController().signal },
    tell: (event) => events.push(event),
  });
  const [record] = (await readDeploys(configDir)).deploys;
  return { outcome, events, record, locks: servers.map((it) => it.lock), servers };
}

/** Restarts idm-b and proves its pull from idm-a, whose HTTPS is dialled through `dial`. */
async function provePull(dial: () => Promise<null>, held = false) {
  const servers = ['idm-a', 'idm-b'].map((it) =>
    fakeServer(it, [it === 'idm-a' ? 'idm-b pull' : 'idm-a pull']),
  );
  const { chain } = await makeTlsCertificate(['idm.example.com']);
  const fleet = fleetOfTest(['idm-a', 'idm-b'], []);
  for (const it of servers) it.files.put('/var/lib/kanidm/chain.pem', chain);
  const sites = await Promise.all(servers.map((it) => fakeSite(it)));
  let locks: (string | null)[] | null = null;
  for (const it of servers)
    it.dials = () => {
      locks ??= servers.map(({ lock }) => lock);
      return dial();
    };
  if (held)
    Object.assign(servers[1] ?? {}, {
      lock: `${JSON.stringify({ who: 'robin', host: 'x', deploy: 'y', since: Date.now(), token: 't' })}\n`,
    });
  const builder = builderOf(
    fleet,
    sites.map((it) => it.observed),
  );
  builder.restart(id('idm-b'), 'a test');
  builder.verify(id('idm-b'), [{ server: id('idm-a'), origin: originOfTest('idm-a') }]);
  const [stop, events] = [new AbortController(), [] as DeployEvent[]];
  const outcome = await runDeploy({
    ...{ fleet, text: { path: '/f.toml', text: '' }, plan: planOf(builder, []) },
    sites: new Map(sites.map((it) => [it.server.id, it])),
    ...{ erase: [], purpose: 'apply', of: null, partial: false, takeOver: false, configDir },
    past: { deploys: [], unreadable: [] },
    ...{ clock: systemClock, signal: stop.signal },
    tell: (event) => {
      events.push(event);
      if (event.kind === 'step') stop.abort();
    },
  });
  const [record] = (await readDeploys(configDir)).deploys;
  return {
    outcome,
    events,
    record,
    locks: locks as (string | null)[] | null,
    after: servers.map((it) => it.lock),
  };
}

describe('logins that are looked at before the first step', () => {
  it('are looked at once what the steps touch is locked, the journal has its head, and the person was told', async () => {
    const { locks, events, record } = await provePull(() => Promise.resolve(null));
    // Its supplier is touched by no step.
    expect(locks).toEqual([null, expect.any(String)]);
    const kinds = events.map((it) => (it.kind === 'output' ? it.text : it.kind));
    expect(kinds.slice(0, 2)).toEqual(['started', expect.stringContaining('anonymous logs in')]);
    expect(record?.entries.map(({ kind }) => kind).slice(0, 3)).toEqual([
      'deploy',
      'output',
      'logins-before',
    ]);
  });

  it('are not looked at by a deploy that is refused because somebody holds a lock', async () => {
    expect(await provePull(() => Promise.resolve(null), true)).toMatchObject({
      outcome: 'refused',
      locks: null,
    });
  });
});

describe('what is thrown while a deploy runs', () => {
  it('by a hostile lock leaves no other server locked, and the journal says that nothing was done', async () => {
    const { outcome, events, record, locks, servers } = await restartBoth(() => ({
      lock: () => Promise.reject(new RangeError('Invalid time value')),
    }));
    expect(outcome).toBe('refused');
    expect(events.at(-1)).toMatchObject({ kind: 'finished', problems: [{ code: 'unexpected' }] });
    expect(locks).toEqual([null, null]);
    expect(record).toMatchObject({ state: 'finished', outcome: 'refused' });
    expect(servers.flatMap((it) => it.asked)).not.toContain('restart');
  });

  it('in a step leaves no lock, and a deploy that is seen to be interrupted', async () => {
    const { outcome, events, record, locks } = await restartBoth((real) => ({
      service: { ...real.service, restart: () => Promise.reject(new Error('a bug')) },
    }));
    expect(outcome).toBe('failed');
    expect(events.at(-1)).toMatchObject({ kind: 'finished', outcome: 'failed' });
    expect(locks).toEqual([null, null]);
    expect(record).toMatchObject({ state: 'interrupted', outcome: null });
  });

  it('by a lock that is given back does not keep the others', async () => {
    const { outcome, locks, record } = await restartBoth((real) => ({
      lock: async (owner, call) => {
        const taken = await real.lock(owner, call);
        if (!taken.ok) return taken;
        return { ok: true, value: { ...taken.value, release: () => Promise.reject(new Error('a bug')) } };
      },
    }));
    expect(outcome).toBe('done');
    expect(locks[0]).toBeNull();
    expect(record).toMatchObject({ state: 'finished', outcome: 'done' });
  });
});

it('a lock that could not be given back is told with the end, which it does not make worse', async () => {
  const kept = { code: 'connection-lost', message: 'it stays locked', fix: '', where: {} };
  const { outcome, events, locks } = await restartBoth((real) => ({
    lock: async (owner, call) => {
      const taken = await real.lock(owner, call);
      if (!taken.ok) return taken;
      return { ok: true, value: { ...taken.value, release: () => Promise.resolve(fail(kept)) } };
    },
  }));
  expect(outcome).toBe('done');
  expect(events.at(-1)).toMatchObject({
    problems: [{ severity: 'warning', code: 'connection-lost' }],
  });
  expect(locks).toEqual([null, expect.any(String)]);
});
