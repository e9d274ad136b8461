import { expect, it } from 'vitest';
import type { Comparison } from '../../../../shared/compare/comparison';
import { type ServerId, stepId, trusted } from '../../../../shared/base/names';
import type { Step } from '../../../../shared/plan/steps/step';
import { stepOfTest } from '../../../../test/support/steps-of-test';
import { neverCompared } from './compared';
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
