import { expect, it } from 'vitest';
import { systemClock } from '../time';
import { type RecentPlan, RecentPlans } from './recent-plan';

const text = { path: '/f.toml', text: 'x' };
const plan = { planned: { plan: { fingerprint: 'p1' } } } as unknown as RecentPlan;

function kept(ageMs: number): RecentPlans {
  let now = 1000;
  const recent = new RecentPlans({ ...systemClock, now: () => now });
  recent.keep(text, { kind: 'apply' }, now, plan);
  now += ageMs;
  return recent;
}

it('a plan is run as it was made only right after, once, and only if it is the very one that was agreed to', () => {
  expect(kept(1000).take({ ...text }, { kind: 'apply' }, 'p1')).toMatchObject(plan);
  expect(kept(3000).take(text, { kind: 'apply' }, 'p1')).toBeNull();
  expect(kept(-1).take(text, { kind: 'apply' }, 'p1')).toBeNull();
  expect(kept(0).take(text, { kind: 'apply' }, 'p2')).toBeNull();
  expect(kept(0).take(text, { kind: 'apply' }, null)).toBeNull();
  expect(kept(0).take(text, { kind: 'resume' }, 'p1')).toBeNull();
  expect(kept(0).take({ ...text, text: 'y' }, { kind: 'apply' }, 'p1')).toBeNull();
  const once = kept(0);
  once.take(text, { kind: 'apply' }, 'p1');
  expect(once.take(text, { kind: 'apply' }, 'p1')).toBeNull();
});
