import { describe, expect, it } from 'vitest';
import { type StepId, stepId } from '../../shared/base/names';
import { stepOf } from '../dev/step-of';
import { after, startRun } from './deploy-run.svelte';
import { timeLeft } from './time-left';

const step = (id: string) => stepOf('configure', { id, summary: `Step ${id}` });
const started = (expected: readonly { step: StepId; ms: number }[]) =>
  after(startRun([step('1'), step('2')], 0), {
    ...{ kind: 'started', deploy: 'd', journal: '/j', at: 0 },
    expected,
  });
const first = { step: stepId(1), ms: 10_000 };
const both = [first, { step: stepId(2), ms: 30_000 }];

describe('the time a deploy will still take', () => {
  it('is what its steps took before, less what the running one has had', () => {
    let run = started(both);
    expect(timeLeft(run, 0)).toBe('about 40 s left');
    run = after(run, { kind: 'step', step: stepId(1), state: 'running', at: 1000, note: '' });
    expect(timeLeft(run, 5000)).toBe('about 36 s left');
    // Slower than before: the rest is still to come.
    expect(timeLeft(run, 60_000)).toBe('about 30 s left');
    run = after(run, { kind: 'step', step: stepId(1), state: 'done', at: 60_000, note: '' });
    run = after(run, { kind: 'step', step: stepId(2), state: 'running', at: 60_000, note: '' });
    expect(timeLeft(run, 100_000)).toBe('longer than usual');
    expect(timeLeft(after(run, { kind: 'finished', outcome: 'done', problems: [], at: 0 }), 0)).toBe('');
  });

  it('is not guessed where a kind of step never ran', () => {
    expect(timeLeft(started([first]), 0)).toBe('');
  });
});
