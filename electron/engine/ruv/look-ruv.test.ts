import { afterEach, expect, it } from 'vitest';
import { headOf as backup } from '../../../test/support/backup-head';
import { id, StepTrial } from '../../../test/support/step-trial';
import { ruvLeastMemory } from '../../../shared/ruv/by-itself';
import { DATABASE } from '../../../test/support/fake-replication';
import type { ObservedFleet } from '../fleet/observe-fleet';
import { lookAtRuv, NOTHING_BEFORE } from './look-ruv';

let trial: StepTrial;
afterEach(() => trial.end());

async function pair(): Promise<ObservedFleet> {
  trial = await StepTrial.of({
    'idm-a': { domain: 'a', tables: ['idm-b mutual-pull'] },
    'idm-b': { domain: 'a', tables: ['idm-a mutual-pull'] },
  });
  return {
    ...{ fleet: trial.deployment.fleet, problems: [], path: null },
    observed: trial.sites.map((it) => it.observed),
    sites: trial.deployment.sites,
  };
}
const call = { signal: new AbortController().signal, timeoutMs: 10_000 };
const asked = (name: string): number =>
  trial.server(name).asked.filter((it) => it === 'kanidmd scripting backup').length;

it('a change that was made between two readings is no older copy: who lacks it is read again', async () => {
  const fleet = await pair();
  let reads = 0;
  trial.server('idm-a').backupHead = () => backup('a', { a: ++reads === 1 ? [10] : [10, 20] });
  trial.server('idm-b').backupHead = () => backup('b', { a: [10, 20] });
  const { report } = await lookAtRuv(fleet, trial.clock, call);
  expect(report.servers.map(({ state }) => state)).toEqual(['read', 'read']);
  expect(asked('idm-a')).toBe(2);
});

it('an older copy still lacks it, and nothing is written on the servers', async () => {
  const fleet = await pair();
  trial.server('idm-a').backupHead = () => backup('a', { a: [10, 30] });
  trial.server('idm-b').backupHead = () => backup('b', { a: [10, 20] });
  const { report } = await lookAtRuv(fleet, trial.clock, call);
  expect(report.servers.map(({ state }) => state)).toEqual(['went-back', 'read']);
  expect(trial.allEffects()).toEqual([]);
});

it('a server that refuses is not asked again, and one that merely fails is', async () => {
  const fleet = await pair();
  const fault = { message: 'sudo does not run it.', fix: 'Allow it.', where: {} };
  trial.server('idm-b').backupHead = () => null;
  trial.whenAsked(/idm-a kanidmd scripting/, { fails: { code: 'sudo-refused', ...fault } });
  const first = await lookAtRuv(fleet, trial.clock, call);
  expect([...first.refused.keys()]).toEqual([id('idm-a')]);
  expect(first.report.servers.map(({ state }) => state)).toEqual(['unknown', 'unknown']);
  const before = [asked('idm-a'), asked('idm-b')];
  const second = await lookAtRuv(fleet, trial.clock, call, { ...NOTHING_BEFORE, ...first });
  expect(second.report.servers[0]).toMatchObject({ state: 'unknown', fix: 'Allow it.' });
  expect([asked('idm-a'), asked('idm-b')]).toEqual([before[0], (before[1] ?? 0) + 1]);
});

it('another version on the disk than the one that runs is not let near the database', async () => {
  const fleet = await pair();
  const observed = fleet.observed.map((it) => ({ ...it, versionOnDisk: '1.11.1' }));
  const sites = new Map(
    [...fleet.sites].map(([name, it]) => [name, { ...it, observed: observed[0] ?? it.observed }]),
  );
  const { report } = await lookAtRuv({ ...fleet, observed, sites }, trial.clock, call);
  expect(
    report.servers.every(({ state, cause }) => state === 'unknown' && cause.includes('on the disk')),
  ).toBe(true);
  expect([asked('idm-a'), asked('idm-b')]).toEqual([0, 0]);
});

it('nobody asked: a database that is larger, or whose size is not told, is not read, and it is said why', async () => {
  const fleet = await pair();
  trial.server('idm-a').files.put(DATABASE, 'x'.repeat(1001));
  trial.server('idm-b').files.put(DATABASE, 'x'.repeat(1000));
  trial.server('idm-b').backupHead = () => backup('b', { b: [10] });
  const look = (largest: number | null) => lookAtRuv(fleet, trial.clock, call, NOTHING_BEFORE, largest);
  const { report, refused } = await look(1000);
  expect(report.servers.map(({ state }) => state)).toEqual(['unknown', 'read']);
  expect(report.servers[0]?.cause).toContain(
    'Its database has 1.0 kB; one of more than 1.0 kB is read after a start',
  );
  expect(report.servers[0]?.fix).toContain('status FLEET --ruv');
  expect([asked('idm-a'), asked('idm-b')]).toEqual([0, 1]);
  // It may shrink.
  expect(refused.size).toBe(0);
  trial.whenAsked(/idm-b stat/, {
    fails: { code: 'sudo-refused', message: 'No.', fix: 'Allow it.', where: {} },
  });
  const second = await look(1000);
  expect([...second.refused.keys()]).toEqual([id('idm-b')]);
  expect(asked('idm-b')).toBe(1);
  trial.server('idm-a').backupHead = () => backup('a', { a: [10] });
  expect((await look(null)).report.servers[0]?.state).toBe('read');
});

it('nobody asked: a container with little memory is not asked to read its database', async () => {
  const fleet = await pair();
  for (const name of ['idm-a', 'idm-b']) trial.server(name).backupHead = () => backup(name, {});
  const sites = new Map(
    [...fleet.sites].map(([name, site]) => {
      const { facts } = site.observed;
      if (facts === null) throw new Error('no facts');
      const container = { memory: ruvLeastMemory(0) - (name === id('idm-a') ? 1 : 0) } as never;
      return [name, { ...site, observed: { ...site.observed, facts: { ...facts, container } } }] as const;
    }),
  );
  const { report } = await lookAtRuv({ ...fleet, sites }, trial.clock, call, NOTHING_BEFORE, 1_000_000);
  expect(report.servers.map(({ state }) => state)).toEqual(['unknown', 'read']);
  expect(report.servers[0]?.cause).toContain('Its container has 512 MB of memory');
});

it('a program that was replaced since the probe is not let near the database', async () => {
  const fleet = await pair();
  for (const name of ['idm-a', 'idm-b']) trial.server(name).backupHead = () => backup(name, {});
  trial.server('idm-a').version = '1.11.1';
  const { report } = await lookAtRuv(fleet, trial.clock, call);
  expect(report.servers.map(({ state }) => state)).toEqual(['unknown', 'read']);
  expect(report.servers[0]?.cause).toContain('1.11.1 is on the disk');
  expect(asked('idm-a')).toBe(0);
});
