import { describe, expect, it } from 'vitest';
import { comparisonsLeft, refreshesLeft } from './left-over';
import type { DeployRecord } from './read-journal';

const AT = '2026-11-23T15:24:07.000Z';

/** A deploy of three steps of which the first `done` ended well. */
function deployOf(steps: readonly Readonly<Record<string, unknown>>[], done: number): DeployRecord {
  const numbered = steps.map((step, at) => ({
    ...{ id: String(at + 1), server: 'idm-b', action: '', summary: '', diff: '', erases: [] },
    ...step,
  }));
  const header: DeployRecord['header'] = {
    kind: 'deploy',
    at: AT,
    format: 1,
    deploy: 'd',
    purpose: 'refresh',
    of: null,
    lock: 'd',
    who: 'robin',
    host: 'desk',
    pid: 1,
    fleet: { path: null, name: 'Test', sha256: '' },
    fingerprint: '',
    erase: [],
    steps: numbered,
  };
  const entries = numbered
    .slice(0, done)
    .map(({ id }) => ({ kind: 'done', at: AT, step: id, note: '' }) as const);
  return {
    deploy: 'd',
    folder: '',
    header,
    entries,
    state: 'interrupted',
    outcome: null,
    settledBy: null,
    torn: false,
  };
}

const steps = [
  { action: 'backup' },
  { action: 'refresh', asked: true },
  { action: 'refresh', server: 'idm-c', asked: false },
  { action: 'compare', with: 'idm-a' },
];

describe('what an interrupted deploy did not get to', () => {
  it('is a refresh the operator asked for, until it ended well: no domain tells of it', () => {
    expect(refreshesLeft([deployOf(steps, 1)])).toEqual(['idm-b']);
    expect(refreshesLeft([deployOf(steps, 2)])).toEqual([]);
  });

  it('is not one that a later resume has done', () => {
    expect(refreshesLeft([deployOf(steps, 1), deployOf(steps, 2)])).toEqual([]);
  });

  it('is a comparison, until it was made', () => {
    expect(comparisonsLeft([deployOf(steps, 3)])).toEqual([['idm-b', 'idm-a']]);
    expect(comparisonsLeft([deployOf(steps, 4)])).toEqual([]);
  });
});
