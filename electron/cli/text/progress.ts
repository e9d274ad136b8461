import type { PlanView } from '../../../shared/ipc';
import type { DeployEvent, DeployOutcome, StepState } from '../../../shared/plan/deploy';
import { harmless, type Paint } from './paint';
import { indent } from './table';

/** One event of a deploy as a line of progress; empty for what needs none. */
export function progressText(event: DeployEvent, view: PlanView, paint: Paint): string {
  switch (event.kind) {
    case 'started':
      return paint.quiet(`Deploy ${event.deploy}, journal in ${event.journal}`);
    case 'step': {
      const summary = view.steps.find((step) => step.id === event.step)?.summary ?? '';
      const note = event.note === '' ? '' : `: ${harmless(event.note)}`;
      const line = `[${event.step}/${view.steps.length}] ${mark[event.state]} ${harmless(summary)}${note}`;
      return event.state === 'pending' ? '' : colourOf(event.state, paint)(line);
    }
    case 'cancelling':
      return paint.warn(
        event.afterStep
          ? `Cancelling: step ${event.step} has begun and is finished or undone first.`
          : `Cancelling: step ${event.step} has changed nothing yet and stops now.`,
      );
    case 'output':
      return paint.quiet(indent(harmless(event.text).trimEnd(), 6));
    case 'finished':
      return '';
  }
}

/** How a deploy ended, in a sentence. */
export function outcomeText(outcome: DeployOutcome, paint: Paint): string {
  switch (outcome) {
    case 'done':
      return paint.good('Done. Every pull that was changed has been seen to work.');
    case 'unchanged':
      return paint.good('Nothing to do: the servers are as the fleet file says.');
    case 'refused':
      return paint.bad('Refused: nothing was changed.');
    case 'failed':
      return paint.bad('Failed. What was done is in the journal; "plan" shows what is left.');
    case 'rolled-back':
      return paint.warn('Failed, and the server’s previous file was put back.');
    case 'cancelled':
      return paint.warn('Cancelled. What was done before stays; "plan" shows what is left.');
  }
}

const mark: Readonly<Record<StepState, string>> = {
  pending: '·',
  running: '…',
  done: '✓',
  failed: '✗ failed:',
  'rolled-back': '↶ undone:',
  skipped: '- skipped:',
};

const colourOf = (state: StepState, paint: Paint): ((text: string) => string) =>
  ({
    pending: paint.quiet,
    running: (text: string) => text,
    done: paint.good,
    failed: paint.bad,
    'rolled-back': paint.warn,
    skipped: paint.quiet,
  })[state];
