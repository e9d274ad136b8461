import { expect, it } from 'vitest';
import { everyChoices } from './every-choices';

it('how often is told in minutes, hours or days, with what was set by hand in its place', () => {
  expect(everyChoices([0, 1, 60, 1440], 360).map(({ label }) => label)).toEqual([
    ...['Never', 'Every minute', 'Every hour', 'Every 6 hours', 'Every day'],
  ]);
  expect(everyChoices([5], 90)).toContainEqual({ value: '90', label: 'Every 90 minutes' });
});
