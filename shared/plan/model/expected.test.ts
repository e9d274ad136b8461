import { expect, it } from 'vitest';
import { expectedMs, type Took } from './expected';

const took = (action: Took['action'], server: string, ...ms: readonly number[]): readonly Took[] =>
  ms.map((it) => ({ action, server, ms: it }));

it('a step takes the median of the same kind on the same server', () => {
  const past = [
    ...took('restart', 'idm-a', 40, 5, 9),
    ...took('restart', 'idm-b', 700, 800, 900, 1000),
    ...took('backup', 'idm-a', 8000),
  ];
  expect(expectedMs({ action: 'restart', server: 'idm-a' }, past)).toBe(9);
  expect(expectedMs({ action: 'restart', server: 'idm-a' }, took('restart', 'idm-a', 10, 8, 100, 30))).toBe(
    10,
  );
});

it('else of the same kind on any, and nothing where there was none', () => {
  const past = [...took('restart', 'idm-a', 40, 5, 9), ...took('backup', 'idm-b', 8000)];
  expect(expectedMs({ action: 'restart', server: 'idm-c' }, past)).toBe(9);
  expect(expectedMs({ action: 'refresh', server: 'idm-a' }, past)).toBeNull();
});
