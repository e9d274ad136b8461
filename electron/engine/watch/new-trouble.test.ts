import { expect, it } from 'vitest';
import type { PullHealth } from '../../../shared/kanidmd/health';
import { NewTrouble } from './new-trouble';

const pull = (health: PullHealth['health']): PullHealth => ({
  ...{ consumer: 'idm-b', supplier: 'idm-a', health, cause: '', fix: '', lastSuccess: null },
});

it('both ends of a pull that broke are looked at, once, and no oftener than every ten seconds', () => {
  const trouble = new NewTrouble();
  const at = (ms: number, health: PullHealth['health']) => trouble.newIn([pull(health)], ms);
  expect(at(0, 'replicating')).toEqual([]);
  expect(at(1000, 'broken')).toEqual(['idm-b', 'idm-a']);
  expect(at(2000, 'broken')).toEqual([]);
  expect(at(3000, 'replicating')).toEqual([]);
  expect(at(4000, 'broken')).toEqual([]);
  expect(at(14_000, 'waiting')).toEqual([]);
  expect(at(15_000, 'broken')).toEqual(['idm-b', 'idm-a']);
});

it('one that is broken when it is first seen was just read', () => {
  expect(new NewTrouble().newIn([pull('broken')], 0)).toEqual([]);
});
