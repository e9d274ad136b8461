import { expect, it } from 'vitest';
import type { RuvReport } from '../../../shared/ruv/ruv';
import { allRead, nothingOpen } from './ruv';

const at = '2026-11-29T09:00:00Z';
const server = (state: 'read' | 'unknown' | 'went-back') => ({
  ...{ server: 'idm-a', state, at, cause: '', fix: '', newest: null },
});
const pull = (changes: number | null, seconds: number | null) => ({
  ...{ consumer: 'idm-a', supplier: 'idm-b', changes, seconds, cause: '', fix: '' },
});

it.each<[string, RuvReport, boolean]>([
  ['all known', { servers: [server('read')], pulls: [pull(0, 0)] }, true],
  ['far behind, which is known', { servers: [server('read')], pulls: [pull(40, 259_200)] }, true],
  ['a server that was not read', { servers: [server('unknown')], pulls: [] }, false],
  ['a server that was restored', { servers: [server('went-back')], pulls: [] }, false],
  ['a pull of which nothing is known', { servers: [server('read')], pulls: [pull(null, null)] }, false],
])('what was read of RUVs is proved or not: %s', (_what, report, proved) => {
  expect(allRead(report)).toBe(proved);
});

it('who was left out is no fault where nobody asked, unless that leaves open whether it went back', () => {
  const told = (more: object) => nothingOpen({ servers: [{ ...server('unknown'), ...more }], pulls: [] });
  expect([
    told({}),
    told({ restarted: true }),
    told({ refreshed: true }),
    told({ state: 'went-back' }),
  ]).toEqual([...[true, false, false, false]]);
});
