import { count, list } from '../base/words';
import type { Tone } from '../live/pull-view';
import { whatIsProved } from '../../shared/plan/model/proved';
import type { Run } from './deploy-run.svelte';

/** How a deploy ended, for a person. */
export interface OutcomeWords {
  readonly tone: Tone;
  readonly title: string;
  readonly text: string;
}

/** The end of a run in words; of a running one, what is being done. */
export function outcomeWords(run: Run): OutcomeWords {
  const failed = run.steps.filter((step) => step.state === 'failed' || step.state === 'rolled-back');
  const servers = list([...new Set(failed.map((step) => step.step.server))]);
  const done = run.steps.filter(({ state }) => state === 'done').length;
  switch (run.outcome) {
    case null: {
      const now = run.steps.find((step) => step.state === 'running');
      return {
        tone: 'new',
        title: now ? `Step ${run.steps.indexOf(now) + 1} of ${run.steps.length}` : 'Deploying…',
        text: now ? `${now.step.server}: ${now.step.summary}` : 'Looking at the servers once more.',
      };
    }
    case 'done':
      return {
        tone: 'good',
        title: [run.job.kind === 'apply' ? 'Deployed.' : 'Done.', comparedWords(run)]
          .filter(Boolean)
          .join(' '),
        text: doneWords(run),
      };
    case 'unchanged':
      return { tone: 'good', title: 'Nothing to do.', text: 'The servers already are as the fleet says.' };
    case 'refused':
      return {
        tone: 'warn',
        title: 'Refused.',
        text: isLocked(run)
          ? 'Nothing was changed: somebody else holds the lock of a server.'
          : 'Nothing was changed: what was found is not what was reviewed.',
      };
    case 'failed':
      return {
        tone: 'bad',
        title: 'Failed.',
        text: failed[0]
          ? `Step ${run.steps.indexOf(failed[0]) + 1} of ${run.steps.length} failed on ${servers}; those after it were not run.`
          : 'It ended before a step was run.',
      };
    case 'rolled-back':
      return {
        tone: 'warn',
        title: 'Stopped and undone.',
        text: `${servers || 'The server'} did not come back as it should and has its previous file again.`,
      };
    case 'cancelled':
      return {
        tone: 'warn',
        title: 'Cancelled.',
        text:
          done === 0
            ? 'No step was done.'
            : `${done} of ${count(run.steps.length, 'step')} ${done === 1 ? 'was done and stays' : 'were done and stay'} done; the rest was not run.`,
      };
    case 'lost':
      return {
        tone: 'bad',
        title: 'The engine was lost.',
        text: 'The journal shows how far it got; check the servers before you deploy again.',
      };
  }
}

const isLocked = (run: Run): boolean =>
  run.problems.some((it) => it.code === 'locked' || it.code === 'lock-stale');

/** A stale lock stands in the way and nothing was begun: it may be taken over, and the same plan run. */
export const mayTakeOver = (run: Run): boolean =>
  run.outcome === 'refused' && run.problems.some((it) => it.code === 'lock-stale');

/** What comparing the data found: more than rounds that succeed. Of several pairs all, in the order they were compared. */
const comparedWords = (run: Run): string =>
  run.steps
    .filter(({ step, state }) => step.action === 'compare' && state === 'done')
    .map(({ note }) => note)
    .join(' ');

/** What is proved by the steps that ran; a rollback or a lone restart watches no pull, and must not sound as if. */
function doneWords(run: Run): string {
  const proved = whatIsProved(
    run.steps.map(({ step, state }) => ({ action: step.action, server: step.server, state })),
  );
  return `Every step of this plan is done.${proved === '' ? '' : ` ${proved}`}`;
}
