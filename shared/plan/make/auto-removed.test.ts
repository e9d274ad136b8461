import { expect, it } from 'vitest';
import { containerOfTest, fleetOfTest, observedOfTest } from '../../../test/support/fleet-fixtures';
import type { ContainerFacts } from '../../observed/observed';
import { makeServicePlan } from './service-plan';

const EVERYTHING = { type: 'volume', destination: '/', source: '/v', volume: 'idm', writable: true };

/** What stands against a restart of a server alone, in such a container. */
function against(container: Partial<ContainerFacts>, kind: 'restart' | 'prove' = 'restart') {
  const seen = observedOfTest({ id: 'idm-a', domain: '1', tables: [] });
  if (seen.facts === null) throw new Error('no fixture');
  const observed = {
    ...seen,
    facts: { ...seen.facts, container: containerOfTest({ mounts: [EVERYTHING], ...container }) },
  };
  const plan = makeServicePlan(fleetOfTest(['idm-a'], []), [observed], { kind, server: seen.id });
  return { steps: plan.steps.length, codes: plan.problems.map(({ code }) => code) };
}

it('plans no restart of a container that goes when it ends, also of a server without links', () => {
  expect(against({}).codes).not.toContain('container-auto-removed');
  expect(against({}).steps).toBeGreaterThan(0);
  expect(against({ autoRemoved: true })).toEqual({ steps: 0, codes: ['container-auto-removed'] });
  expect(against({ autoRemoved: true }, 'prove').codes).not.toContain('container-auto-removed');
});
