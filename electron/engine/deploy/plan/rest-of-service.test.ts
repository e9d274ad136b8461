import { expect, it } from 'vitest';
import { fleetOfTest, observedOfTest } from '../../../../test/support/fleet-fixtures';
import { minute, recordOfTest } from '../../../../test/support/past-deploy';
import { stepOfTest } from '../../../../test/support/steps-of-test';
import { type ServerId, trusted } from '../../../../shared/base/names';
import { makeServicePlan } from '../../../../shared/plan/make/service-plan';
import { systemClock } from '../../base/time';
import type { ObservedFleet } from '../../fleet/observe-fleet';
import type { DeployRecord } from '../journal/read-journal';
import { restOfService } from './rest-of-service';

const B = trusted<ServerId>('idm-b');
const fleet = fleetOfTest(['idm-a', 'idm-b'], ['idm-a > idm-b']);
const tables = (other: string): string[] => [`${other} mutual-pull`];
const observed = [
  observedOfTest({ id: 'idm-a', domain: 'a', tables: tables('idm-b') }),
  observedOfTest({ id: 'idm-b', domain: 'b', tables: tables('idm-a'), stale: true }),
];
const seen = { fleet, observed, sites: new Map() } as unknown as ObservedFleet;

it('a restart that needs another server’s before it is resumed as the one that was asked for', async () => {
  const { steps } = makeServicePlan(fleet, observed, { kind: 'restart', server: B });
  expect(steps.map(({ server }) => server).slice(0, 2)).toEqual(['idm-a', 'idm-b']);
  const server = trusted<ServerId>('idm-a');
  const entries = [
    { kind: 'intent', step: steps[0]?.id, server, effect: 'restart', process: 'then' },
    { kind: 'effect', step: steps[0]?.id, server, well: true, note: '' },
  ];
  const chain = [{ header: { purpose: 'restart', steps }, entries }] as unknown as readonly DeployRecord[];
  const rest = await restOfService(seen, chain, systemClock);
  expect(rest?.steps.map(({ action, server: of }) => `${action} ${of}`)).toContain('restart idm-b');
});

const step = stepOfTest('restart');
type Entry = DeployRecord['entries'][number];
const intent = (of: string): Entry => ({
  ...{ kind: 'intent', at: minute(1), step: step.id, server: trusted<ServerId>(of), effect: 'restart' },
  process: 'then',
});
const ended = (of: string, well: boolean): Entry => ({
  ...{ kind: 'effect', at: minute(1), step: step.id, server: trusted<ServerId>(of), well, note: '' },
});
const rest = async (record: DeployRecord, state: 'running' | 'stopped' = 'running') => {
  const b = observedOfTest({ id: 'idm-b', domain: 'a', tables: tables('idm-a'), state });
  const a = observedOfTest({ id: 'idm-a', domain: 'a', tables: tables('idm-b') });
  const plan = await restOfService({ ...seen, observed: [a, b] }, [record], systemClock);
  return plan?.steps.map(({ action, server: of }) => `${action} ${of}`) ?? null;
};

it('what is left of a restart is its proof alone once the journal says that it ended well, for that server', async () => {
  const of = (...entries: readonly Entry[]) =>
    rest(recordOfTest('1', { purpose: 'restart', steps: [step] }, entries));
  expect(await of(intent('idm-b'), ended('idm-b', true))).not.toContain('restart idm-b');
  for (const entries of [
    [],
    [intent('idm-b')],
    [intent('idm-b'), ended('idm-b', false)],
    [intent('idm-a'), ended('idm-a', true)],
  ])
    expect(await of(...entries), JSON.stringify(entries)).toContain('restart idm-b');
});

it('a start is done as soon as its server runs, and is asked for again while it does not', async () => {
  const start = recordOfTest('1', { purpose: 'start', steps: [stepOfTest('start')] }, [ended('idm-b', true)]);
  expect(await rest(start)).not.toContain('start idm-b');
  expect(await rest(start, 'stopped')).toContain('start idm-b');
});

it('another job, none at all, and a server that left the fleet have no such rest', async () => {
  expect(await rest(recordOfTest('1', { steps: [step] }))).toBeNull();
  expect(await restOfService(seen, [], systemClock)).toBeNull();
  const gone = stepOfTest('restart', { server: 'idm-z' });
  expect(await rest(recordOfTest('1', { purpose: 'restart', steps: [gone] }))).toBeNull();
  expect(await rest(recordOfTest('1', { purpose: 'restart', steps: [] }))).toBeNull();
});
