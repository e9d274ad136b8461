import { expect, it } from 'vitest';
import { fleetOfTest, observedOfTest, originOfTest } from '../../../test/support/fleet-fixtures';
import { readTopology } from '../../../shared/fleet/model/topology';
import type { Fleet } from '../../../shared/fleet/model/fleet';
import type { LogEvidence } from '../../../shared/kanidmd/evidence';
import type { ObservedServer } from '../../../shared/observed/observed';
import { systemClock } from '../base/time';
import { readingOf } from './reading';
import { describeServers, judgeFleet } from './status';

const NOW = systemClock.now() * 1000;

/** A server that pulled from its partner a second ago, by the name its own file dials. */
function running(id: string, partner: string): ObservedServer {
  const log: LogEvidence = {
    ...{ from: NOW - 100e6, to: NOW, startedAt: null, runningVersion: null, listening: true, troubles: [] },
    rounds: [
      {
        ...{ at: NOW - 1e6, span: partner, kind: 'incremental', ports: [8444], took: 4, lines: [] },
        ...{ supplierHost: `${partner}.example.com`, outcome: { kind: 'success' } },
      },
    ],
  };
  return { ...observedOfTest({ id, domain: '1', tables: [`${partner} mutual-pull`] }), log };
}
const observed = [running('idm-a', 'idm-b'), running('idm-b', 'idm-a')];
const judge = (fleet: Fleet) => {
  const readings = new Map(observed.map((server) => [server.id, readingOf(server, systemClock)]));
  const { pulls, undrawn } = judgeFleet(fleet, readTopology(fleet), observed, readings);
  const brief = (some: typeof pulls) => some.map((it) => `${it.consumer} ← ${it.supplier} ${it.health}`);
  return { pulls: brief(pulls), undrawn: brief(undrawn) };
};
const both = ['idm-b ← idm-a replicating', 'idm-a ← idm-b replicating'];

it('a link that runs and is not drawn is judged like any other', () => {
  expect(judge(fleetOfTest(['idm-a', 'idm-b'], []))).toEqual({ pulls: [], undrawn: [...both].reverse() });
  expect(judge(fleetOfTest(['idm-a', 'idm-b'], ['idm-a > idm-b']))).toEqual({ pulls: both, undrawn: [] });
  expect(judge(fleetOfTest(['idm-a', 'idm-b'], ['idm-a ~> idm-b']))).toEqual({
    pulls: [both[0]],
    undrawn: [both[1]],
  });
});

it('a link that is drawn with another name is judged by the one that runs', () => {
  const fleet = fleetOfTest(['idm-a', 'idm-b'], ['idm-a > idm-b']);
  const links = fleet.links.map((link) => ({ ...link, supplierOrigin: originOfTest('idm-x') }));
  expect(judge({ ...fleet, links })).toEqual({ pulls: both, undrawn: [] });
});

it('each server tells what it runs with, and whose each table is', () => {
  const [a] = describeServers(fleetOfTest(['idm-a', 'idm-b'], []), observed);
  expect(a?.runsWith).toMatchObject({
    origin: originOfTest('idm-a'),
    partners: [{ server: 'idm-b', type: 'mutual-pull', automaticRefresh: false }],
  });
  expect(a?.runsWith?.partners[0]?.fingerprint).toMatch(/^SHA256:/);
});
