import type { StepState } from '../../shared/plan/model/deploy';
import type { Run } from './deploy-run.svelte';

/** A step's state in a word. */
export const stateWords: Readonly<Record<StepState, string>> = {
  pending: 'waiting',
  running: 'running',
  done: 'done',
  failed: 'failed',
  'rolled-back': 'undone',
  skipped: 'not run',
};

/**
 * What a screen reader is told of a deploy: `Step 3 of 8: idm-a, a new server.toml, done.`, for every step that began or
 * ended between two moments. Of one that did both only the end is told: who listens is not held up. Empty: none did.
 */
export function stepNews(before: Run, now: Run): string {
  return now.steps
    .flatMap(({ step, state }, index) => {
      if (state === 'pending' || state === 'skipped' || state === before.steps[index]?.state) return [];
      const place = `Step ${index + 1} of ${now.steps.length}`;
      return [
        `${place}: ${[step.server, step.summary.replace(/\.$/, '')].filter(Boolean).join(', ')}, ${stateWords[state]}.`,
      ];
    })
    .join(' ');
}
