import { expect, it } from 'vitest';
import { minute, recordOfTest } from '../../../../test/support/past-deploy';
import { stepOfTest } from '../../../../test/support/steps-of-test';
import { type ServerId, stepId, trusted } from '../../../../shared/base/names';
import { MOST_DEPLOYS } from '../../../../shared/plan/model/expected';
import { expectedDurations, stepDurations } from './durations';
import type { JournalEntry } from './journal-entry';

const MINUTE = 60_000;
const begin = (step: number, at: number): JournalEntry => ({
  kind: 'begin',
  step: stepId(step),
  at: minute(at),
});
const done = (step: number, at: number): JournalEntry => ({
  ...{ kind: 'done', step: stepId(step), note: '', at: minute(at) },
});
const onA = { server: trusted<ServerId>('idm-a') };
const steps = [
  stepOfTest('restart', onA),
  stepOfTest('backup', { id: '2' }),
  stepOfTest('verify', { id: '3' }),
];

it('a step took from its beginning to its end, side by side with others, and only if it ended well', () => {
  const failed: JournalEntry = {
    ...{ kind: 'failed', step: stepId(3), code: 'x', message: '', undone: false, at: minute(9) },
  };
  const took = stepDurations(
    recordOfTest('d', { steps }, [begin(2, 1), begin(1, 2), begin(3, 2), done(1, 3), failed, done(2, 5)]),
  );
  expect(took).toEqual([
    { step: '1', action: 'restart', server: 'idm-a', ms: MINUTE },
    { step: '2', action: 'backup', server: 'idm-b', ms: 4 * MINUTE },
  ]);
});

it('a clock that was set back makes no time below zero, and what the plan does not know is left out', () => {
  expect(stepDurations(recordOfTest('d', { steps }, [begin(1, 5), done(1, 3)]))).toMatchObject([{ ms: 0 }]);
  expect(stepDurations(recordOfTest('d', { steps }, [begin(7, 1), done(7, 2), done(1, 3)]))).toEqual([]);
});

const restartOf = (server: string, took: number) =>
  recordOfTest('d', { steps: [stepOfTest('restart', { server })] }, [begin(1, 0), done(1, took)]);

it('a step is expected to take what the same took on its server, else anywhere, and else nothing is said', () => {
  const past = [restartOf('idm-a', 1), restartOf('idm-b', 7), restartOf('idm-b', 5), restartOf('idm-b', 9)];
  const wanted = (server: string) => [stepOfTest('restart', { id: '4', server })];
  expect(expectedDurations(wanted('idm-b'), past)).toEqual([{ step: '4', ms: 7 * MINUTE }]);
  expect(expectedDurations(wanted('idm-a'), past)).toEqual([{ step: '4', ms: MINUTE }]);
  expect(expectedDurations(wanted('idm-c'), past)).toEqual([{ step: '4', ms: 5 * MINUTE }]);
  expect(expectedDurations([stepOfTest('backup'), ...wanted('idm-a')], past)).toHaveLength(1);
});

it('what is long ago does not count', () => {
  const recent = Array.from({ length: MOST_DEPLOYS }, () => restartOf('idm-c', 2));
  const long = [restartOf('idm-b', 50)];
  const step = stepOfTest('restart');
  expect(expectedDurations([step], [...recent.slice(1), ...long])).toMatchObject([{ ms: 50 * MINUTE }]);
  expect(expectedDurations([step], [...recent, ...long])).toMatchObject([{ ms: 2 * MINUTE }]);
});
