import { gzipSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import { id, StepTrial } from '../../../test/support/step-trial';
import type { ObservedFleet } from '../fleet/observe-fleet';
import { lookAtRuv } from './look-ruv';

let trial: StepTrial;
afterEach(() => trial.end());

/** What a server prints of its backup: its own changes, and the other's, in seconds. */
const backup = (own: string, changes: Readonly<Record<string, readonly number[]>>): Uint8Array =>
  gzipSync(
    JSON.stringify({
      ...{ version: '1.10', db_s_uuid: own, db_d_uuid: 'd', db_ts_max: { secs: 100, nanos: 0 } },
      repl_meta: {
        V1: {
          ruv: Object.entries(changes).flatMap(([s, all]) =>
            all.map((secs) => ({ s, t: { secs, nanos: 0 } })),
          ),
        },
      },
      entries: [],
    }),
  );

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
  const second = await lookAtRuv(fleet, trial.clock, call, { ...first, refreshed: new Map() });
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
