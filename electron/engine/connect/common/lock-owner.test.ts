import { expect, it } from 'vitest';
import { isStale, lockAge, lockedBy, mayTakeOver, ownerText, readOwner } from './lock-owner';

const NOW = Date.UTC(2026, 10, 28, 12);
const held = (since: number) => ({ who: 'ada', host: 'desk', deploy: 'd1', token: 't', since });

it('a lock is stale after an hour, and when its date cannot be true', () => {
  expect(isStale(held(NOW - 3_599_000), NOW)).toBe(false);
  expect(isStale(held(NOW - 3_601_000), NOW)).toBe(true);
  // Clocks are a little apart.
  expect(lockAge(held(NOW + 60_000), NOW)).toBe(0);
  for (const since of [1e300, -1e300, Infinity, -Infinity, NaN, 0, -1, 8.64e15, 8.64e15 + 1, NOW + 400_000])
    expect(isStale(held(since), NOW), String(since)).toBe(true);
});

it('every lock can be told of, whatever it says', () => {
  for (const since of [1e300, -1e300, NaN, NOW, NOW - 7_200_000, NOW + 400_000])
    for (const lock of [held(since), { unread: true as const, since }]) {
      const fault = lockedBy(lock, NOW, 'idm-a');
      expect(['locked', 'lock-stale']).toContain(fault.code);
      expect(fault.message).not.toMatch(/NaN|Infinity|undefined|Invalid/);
    }
  expect(lockedBy(null, NOW, 'idm-a').code).toBe('locked');
});

it('what is read is what was written, however long, and nothing else is an owner', () => {
  const owner = { ...held(NOW), who: '"\\\n'.repeat(100_000) };
  const text = ownerText(owner, 'abc');
  expect(text.length).toBeLessThan(20_000);
  expect(readOwner(text)).toMatchObject({ host: 'desk', deploy: 'd1', token: 'abc', since: NOW });
  for (const bad of ['', 'x', '{}', '[]', 'null', '{"who":1}', `{"who":"${'x'.repeat(70_000)}"}`])
    expect(readOwner(bad)).toBeNull();
});

it('a lock is taken over by its own deploy, or when it is stale and that was asked for', () => {
  const owner = { who: 'ada', host: 'desk', deploy: 'd1', since: NOW };
  const hour = NOW - 3_700_000;
  const other = (since: number) => ({ ...held(since), deploy: 'd2' });
  const taken = (
    ...[lock, asked, now]: [Parameters<typeof mayTakeOver>[0], boolean | 'own', number | null]
  ) => {
    const answer = mayTakeOver(lock, owner, asked, now, 'idm-a');
    return answer.ok ? 'taken' : answer.error.code;
  };
  expect(taken(held(NOW), 'own', NOW)).toBe('taken');
  expect(taken(held(NOW), false, NOW)).toBe('locked');
  expect(taken(other(hour), true, NOW)).toBe('taken');
  expect(taken(other(hour), 'own', NOW)).toBe('lock-stale');
  expect(taken(other(NOW), true, NOW)).toBe('locked');
  expect(taken({ unread: true, since: hour }, true, NOW)).toBe('taken');
  expect(taken({ unread: true, since: NOW }, true, NOW)).toBe('locked');
  // A server that tells no time makes no lock stale.
  expect(taken(other(hour), true, null)).toBe('locked');
});
