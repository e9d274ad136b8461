import { describe, expect, it } from 'vitest';
import { fleetOfTest, noCertificateOfTest, observedOfTest } from '../../../test/support/fleet-fixtures';
import type { ObservedServer } from '../../observed/observed';
import { makePlan } from './make-plan';
import type { Plan } from '../model/plan';

/*
 * idm-b is to take idm-a's data, and still lets idm-c in by the certificate it had before its file lost [replication]. With
 * [replication] it may have that certificate again.
 */
const fleet = fleetOfTest(['idm-a', 'idm-b', 'idm-c'], ['idm-a > idm-b', 'idm-b ~> idm-c automatic']);
const others = [
  observedOfTest({ id: 'idm-a', domain: 'a', tables: [] }),
  observedOfTest({ id: 'idm-b', domain: 'b', tables: ['idm-c allow-pull'] }),
];
const outline = (plan: Plan): string[] =>
  plan.steps.map((step) => [step.action, step.server, ...step.erases.map((id) => `!${id}`)].join(' '));

describe('a certificate that was not seen', () => {
  it('may open a way: an automatic server gets its tables only once its supplier holds the right data', () => {
    const plan = makePlan(fleet, [...others, observedOfTest({ id: 'idm-c', domain: 'a', tables: null })]);
    const steps = outline(plan);
    const flagged = plan.steps.findIndex((it) => it.diff.includes('+automatic_refresh = true'));
    expect(plan.blocked).toBe(false);
    expect(plan.steps[flagged]?.server).toBe('idm-c');
    expect(flagged).toBeGreaterThan(steps.indexOf('refresh idm-b !idm-b'));
  });

  it('blocks nobody else’s plan on a server that says nothing at all', () => {
    const c = observedOfTest({ id: 'idm-c', domain: 'a', tables: ['idm-b pull automatic'] });
    const fault = { code: 'admin-socket-silent', message: '', fix: '', where: { server: c.id } };
    const plan = makePlan(fleet, [...others, { ...c, certificate: null, domain: null, faults: [fault] }]);
    expect(plan.blocked).toBe(false);
    expect(plan.steps.some((step) => step.server === 'idm-c')).toBe(false);
  });

  it('blocks the plan where the file would make it erase itself as soon as it starts', () => {
    const c = observedOfTest({ id: 'idm-c', domain: 'a', tables: ['idm-b pull automatic'], stale: true });
    const silent: ObservedServer = { ...c, certificate: null, faults: [noCertificateOfTest('idm-c')] };
    const plan = makePlan(fleet, [...others, silent]);
    expect(plan.blocked).toBe(true);
    expect(plan.problems.map((it) => it.code)).toContain('erases-itself');
  });
});
