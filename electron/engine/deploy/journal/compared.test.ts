import { expect, it } from 'vitest';
import type { Comparison } from '../../../../shared/compare/comparison';
import { type ServerId, stepId, trusted } from '../../../../shared/base/names';
import type { Step } from '../../../../shared/plan/steps/step';
import { stepOfTest } from '../../../../test/support/steps-of-test';
import { hasCompared, neverCompared } from './compared';
import type { JournalEntry } from './journal-entry';
import type { DeployRecord } from './read-journal';

const at = (minute: number): string => `2026-11-26T05:${String(minute).padStart(2, '0')}:00.000Z`;
const refresh = stepOfTest('refresh');
const compare = stepOfTest('compare', { id: '2' });

function deploy(steps: readonly Step[], entries: readonly JournalEntry[]): DeployRecord {
  const header = { steps } as unknown as DeployRecord['header'];
  return {
    ...{
      deploy: 'd',
      folder: '',
      header,
      entries,
      state: 'finished',
      outcome: null,
      settledBy: null,
      torn: false,
    },
  };
}
const begun = (step: number, minute: number): JournalEntry => ({
  ...{ kind: 'begin', step: stepId(step), at: at(minute) },
});
const asked: JournalEntry = {
  ...{ kind: 'intent', step: stepId(1), server: trusted<ServerId>('idm-b'), effect: 'refresh', at: at(1) },
};
const kept = (minute: number, result: Comparison['result']): Comparison => ({
  ...{ servers: [trusted<ServerId>('idm-a'), trusted<ServerId>('idm-b')], at: at(minute), result },
  ...{ domain: null, entries: 0, differing: [], differences: 0, travelling: 0, own: [] },
  ...{ cause: '', fix: '', fault: null },
});

it('who was refreshed is compared once, by whichever deploy or comparison comes next', () => {
  const refreshed = deploy([refresh, compare], [begun(1, 1), asked]);
  expect(neverCompared([refreshed], [])).toEqual([['idm-b', 'idm-a']]);
  // Never asked for: nothing was erased.
  expect(neverCompared([deploy([refresh], [begun(1, 1)])], [])).toEqual([]);
  // A server that was to begin it itself may have done so.
  const armed = deploy([{ ...refresh, by: 'automatic' }], [begun(1, 1)]);
  expect(neverCompared([armed], [])).toHaveLength(1);
  for (const result of ['same', 'differ'] as const)
    expect(neverCompared([refreshed], [kept(2, result)])).toEqual([]);
  // No answer counts as no comparison, and so does one from before the refresh.
  expect(neverCompared([refreshed], [kept(2, 'unknown'), kept(0, 'same')])).toHaveLength(1);
  const later = deploy([compare], [begun(2, 5), { kind: 'done', step: stepId(2), note: '', at: at(6) }]);
  expect(neverCompared([later, refreshed], [])).toEqual([]);
  const failed: JournalEntry = {
    ...{ kind: 'failed', step: stepId(2), message: '', undone: false, at: at(6) },
    code: 'server-stopped',
  };
  expect(neverCompared([deploy([compare], [failed]), refreshed], [])).toHaveLength(1);
});

it('a comparison counts for the two it was of, and once it had an answer of its own', () => {
  const pair = [trusted<ServerId>('idm-b'), trusted<ServerId>('idm-a')] as const;
  const other = [trusted<ServerId>('idm-b'), trusted<ServerId>('idm-c')] as const;
  const end = (step: number, code?: string): JournalEntry =>
    code === undefined
      ? { kind: 'done', step: stepId(step), note: '', at: at(6) }
      : { kind: 'failed', step: stepId(step), message: '', undone: false, code, at: at(6) };
  const answered = (...entries: readonly JournalEntry[]) =>
    hasCompared(deploy([refresh, compare], entries), pair);
  expect([answered(end(2)), answered(end(2, 'data-differs'))]).toEqual([true, true]);
  expect([answered(), answered(end(1)), answered(end(2, 'gone'))]).toEqual([false, false, false]);
  expect(answered(end(1, 'data-differs'))).toBe(false);
  const both = deploy([compare, stepOfTest('compare', { id: '3', with: 'idm-c' })], [end(3)]);
  expect([hasCompared(both, pair), hasCompared(both, other)]).toEqual([false, true]);
  // Whichever of the two is named first.
  expect(hasCompared(both, [other[1], other[0]])).toBe(true);
});

it('a comparison of two others is none of the two that were refreshed', () => {
  const refreshed = deploy([refresh, compare], [begun(1, 1), asked]);
  const others = [trusted<ServerId>('idm-b'), trusted<ServerId>('idm-c')] as const;
  expect(neverCompared([refreshed], [{ ...kept(2, 'same'), servers: others }])).toHaveLength(1);
  const compared = deploy(
    [stepOfTest('compare', { id: '2', with: 'idm-c' })],
    [{ kind: 'done', step: stepId(2), note: '', at: at(6) }],
  );
  expect(neverCompared([compared, refreshed], [])).toEqual([['idm-b', 'idm-a']]);
});

it('the effect of another step does not say that a refresh was asked for', () => {
  const backup: JournalEntry = {
    ...{ kind: 'intent', step: stepId(2), server: trusted<ServerId>('idm-b'), effect: 'backup', at: at(1) },
  };
  expect(neverCompared([deploy([refresh], [begun(1, 1), backup])], [])).toEqual([]);
  expect(neverCompared([deploy([refresh], [begun(2, 1), asked])], [])).toEqual([]);
});
