import { span } from '../base/words';
import type { Run } from './deploy-run.svelte';

/**
 * How long a running deploy will still take, by how long such steps took before: `about 40 s left`. Empty when it has ended,
 * or when a kind of step that is still to come never ran: then nobody knows.
 * @param now milliseconds since the epoch.
 */
export function timeLeft(run: Run, now: number): string {
  if (run.outcome !== null || run.cancelling) return '';
  let left = 0;
  for (const { step, state, startedAt } of run.steps) {
    if (state !== 'pending' && state !== 'running') continue;
    const expected = run.expected[step.id];
    if (expected === undefined) return '';
    left += Math.max(0, expected - (state === 'running' && startedAt !== null ? now - startedAt : 0));
  }
  return left === 0 ? 'longer than usual' : `about ${span(Math.max(left, 1000))} left`;
}
