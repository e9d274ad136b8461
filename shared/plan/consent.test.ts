import { expect, it } from 'vitest';
import { type ServerId, trusted } from '../base/names';
import { erasedBy, notNamed, unnamedBy } from './consent';
import type { Plan } from './model/plan';

const plan = (...erases: readonly (readonly string[])[]): Pick<Plan, 'steps'> => ({
  steps: erases.map((ids) => ({
    erases: ids.map((id) => trusted<ServerId>(id)),
  })) as unknown as Plan['steps'],
});

it('whom a plan erases is every step’s, each once, in their order', () => {
  expect(erasedBy(plan([], ['idm-c', 'idm-b'], ['idm-c'], ['idm-a']))).toEqual(['idm-c', 'idm-b', 'idm-a']);
  expect(erasedBy(plan([]))).toEqual([]);
});

it('who was not named is known by the whole name alone', () => {
  const both = plan(['idm-b'], ['idm-c']);
  expect(unnamedBy(both, [])).toEqual(['idm-b', 'idm-c']);
  expect(unnamedBy(both, ['idm-c', 'idm-a'])).toEqual(['idm-b']);
  expect(unnamedBy(both, ['idm-b', 'idm-c'])).toEqual([]);
  expect(unnamedBy(both, ['IDM-B', 'idm', 'idm-b '])).toEqual(['idm-b', 'idm-c']);
});

it('a plan that erases a server nobody named is refused with its name and how to agree', () => {
  const server = trusted<ServerId>('idm-b');
  const problem = notNamed(server);
  expect(problem).toMatchObject({ severity: 'error', code: 'erase-not-named', server, where: { server } });
  expect(problem.message).toMatch(/erases the whole database of idm-b.*not named/);
  expect(problem.fix).toContain('--erase idm-b');
});
