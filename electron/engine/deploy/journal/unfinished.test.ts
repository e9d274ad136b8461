import { describe, expect, it } from 'vitest';
import { comparisonsLeft, unfinishedRefreshes } from './unfinished';
import { stepOfTest } from '../../../../test/support/steps-of-test';
import type { Step } from '../../../../shared/plan/steps/step';
import { JOURNAL_FORMAT } from './journal-entry';
import type { DeployRecord } from './read-journal';

const AT = '2026-11-23T15:24:07.000Z';

/** A deploy of three steps of which the first `done` ended well. */
function deployOf(numbered: readonly Step[], done: number): DeployRecord {
  const header: DeployRecord['header'] = {
    kind: 'deploy',
    at: AT,
    format: JOURNAL_FORMAT,
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
  stepOfTest('backup', { id: '1' }),
  stepOfTest('refresh', { id: '2', asked: true }),
  stepOfTest('refresh', { id: '3', server: 'idm-c', asked: false }),
  stepOfTest('compare', { id: '4', with: 'idm-a' }),
];

describe('what an interrupted deploy did not get to', () => {
  it('is a refresh the operator asked for, until it ended well: no domain tells of it', () => {
    expect(unfinishedRefreshes([deployOf(steps, 1)])).toEqual(['idm-b']);
    expect(unfinishedRefreshes([deployOf(steps, 2)])).toEqual([]);
  });

  it('is not one that a later resume has done', () => {
    expect(unfinishedRefreshes([deployOf(steps, 1), deployOf(steps, 2)])).toEqual([]);
  });

  it('is no comparison that a later resume has made, though a resume before it had not', () => {
    const named = (deploy: string, done: number) => ({ ...deployOf(steps, done), deploy });
    const left = [['idm-b', 'idm-a']];
    expect(comparisonsLeft([named('1', 3), named('2', 4)])).toEqual([]);
    expect(comparisonsLeft([named('1', 3), named('2', 3), named('3', 4)])).toEqual([]);
    // What was compared before it was interrupted is to be compared again.
    expect(comparisonsLeft([named('1', 4), named('2', 3)])).toEqual(left);
  });

  it('is no refresh of which another step’s end is known', () => {
    const failed = { kind: 'failed', at: AT, code: 'x', message: '', undone: false } as const;
    const [, refresh] = steps;
    if (refresh === undefined) throw new Error('it is there');
    const record = deployOf(steps, 1);
    const entries = [...record.entries, { ...failed, step: refresh.id }];
    expect(unfinishedRefreshes([{ ...record, entries }])).toEqual(['idm-b']);
  });

  it('is a comparison, until it was made', () => {
    expect(comparisonsLeft([deployOf(steps, 3)])).toEqual([['idm-b', 'idm-a']]);
    expect(comparisonsLeft([deployOf(steps, 4)])).toEqual([]);
  });
});
