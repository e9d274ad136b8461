import { describe, expect, it } from 'vitest';
import { planOf, stepOf } from '../dev/step-of';
import { type DeployKnown, deployButton, nothingToDo } from './deploy-button';
import '../dev/all-loaded';

const known: DeployKnown = {
  active: false,
  interrupted: false,
  unsure: false,
  plan: planOf([]),
  asking: false,
  notRead: [],
};
const error = {
  ...{ severity: 'error' as const, code: 'x', server: 'idm-a', message: 'It is stopped.', fix: '' },
  where: {},
};
const steps = ['1', '2', '3'].map((id) => stepOf('configure', { id }));

it.each([
  ['no changes', {}],
  ['3 changes', { plan: planOf([...steps, stepOf('verify', { id: '4' })]) }],
  ['1 step, no changes', { plan: planOf([stepOf('compare')]) }],
  ['1 server not read', { notRead: ['idm-a'] }],
  ['2 servers not read', { notRead: ['idm-a', 'idm-b'] }],
  ['2 servers not read', { notRead: ['idm-a'], plan: planOf([], { notRead: ['idm-b' as never] }) }],
  ['3 changes, 1 server not read', { plan: planOf(steps), notRead: ['idm-c'] }],
  ['held back', { plan: planOf([], { problems: [error] }) }],
  ['held back', { plan: planOf([], { blocked: true }) }],
  ['planning…', { plan: null, asking: true }],
  ['5 servers not read', { plan: null, notRead: ['a', 'b', 'c', 'd', 'e'] }],
  ['past deploys not read', { unsure: true }],
  ['3 changes', { unsure: true, plan: planOf([...steps, stepOf('verify', { id: '4' })]) }],
  ['interrupted', { interrupted: true }],
  ['interrupted', { interrupted: true, plan: planOf(steps) }],
] satisfies [string, Partial<DeployKnown>][])('says: %s', (label, more) => {
  expect(deployButton({ ...known, ...more })).toEqual({
    label: `Review & deploy · ${label}`,
    nothing: label === 'no changes',
  });
});

describe('where no step is left, the Plan tab', () => {
  const title = (more: Parameters<typeof planOf>[1], notRead?: string[]) =>
    nothingToDo(planOf([], more), notRead)?.title;

  it('calls the servers as the fleet says only where nothing stood in the way', () => {
    expect(title({})).toBe('Nothing to do');
    expect(title({ problems: [{ ...error, severity: 'warning' }] })).toBe('Nothing to do');
    expect(title({ problems: [error] })).toBe('Blocked');
    expect(title({ problems: [{ ...error, server: null }] })).toBe('Blocked');
  });

  it('says which server was not read, and that nothing is left on the others only where that is so', () => {
    expect(title({}, ['idm-a'])).toBe('1 server not read');
    expect(title({ problems: [error] }, ['idm-a'])).toBe('1 server not read');
    expect(title({ problems: [error] }, ['idm-b'])).toBe('Blocked');
    expect(title({ problems: [error, { ...error, server: null }] }, ['idm-a'])).toBe('Blocked');
  });

  it('is left to the steps where there are some', () => {
    expect(nothingToDo(planOf(steps))).toBeNull();
  });
});

it('says nothing of what it does not know', () => {
  expect(deployButton({ ...known, plan: null }).label).toBe('Review & deploy');
  expect(deployButton({ ...known, active: true, interrupted: true }).label).toBe('Deploying…');
});
