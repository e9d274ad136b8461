import { expect, it } from 'vitest';
import { fleetOfTest, observedOfTest } from '../../../../test/support/fleet-fixtures';
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
