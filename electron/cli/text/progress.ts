import type { Plan } from '../../../shared/plan/model/plan';
import type { DeployEvent, DeployOutcome, StepState } from '../../../shared/plan/model/deploy';
import { type RanStep, whatIsProved } from '../../../shared/plan/model/proved';
import { escapeControls } from '../../../shared/base/escape-controls';
import type { Paint } from './paint';
import { indent } from './table';

/** One event of a deploy as a line of progress; empty for what needs none. */
export function progressText(event: DeployEvent, view: Plan, paint: Paint): string {
  switch (event.kind) {
    case 'started':
      return paint.quiet(`Deploy ${event.deploy}, journal in ${event.journal}`);
    case 'step': {
      const summary = view.steps.find((step) => step.id === event.step)?.summary ?? '';
      const note = event.note === '' ? '' : `: ${escapeControls(event.note)}`;
      const line = `[${event.step}/${view.steps.length}] ${mark[event.state]} ${escapeControls(summary)}${note}`;
      return event.state === 'pending' ? '' : colourOf(event.state, paint)(line);
    }
    case 'cancelling':
      return paint.warn(
        event.afterStep
          ? `Cancelling: step ${event.step} has begun and is finished or undone first.`
          : `Cancelling: step ${event.step} has changed nothing yet and stops now.`,
      );
    case 'output':
      return paint.quiet(indent(escapeControls(event.text).trimEnd(), 6));
    case 'fleet-file':
      return `Wrote domain_uuid into ${escapeControls(event.path)}: from now on a primary in another domain is an error.`;
    case 'finished':
      return '';
  }
}

/** A deploy that is over. */
export interface Ended {
  readonly result: DeployOutcome;
  readonly ran: readonly RanStep[];
  /** Where its journal lies; null: it has none. */
  readonly journal: string | null;
}

/** How a deploy ended, in sentences that follow from the steps that really ran. */
export function outcomeText({ result, ran, journal }: Ended, paint: Paint): string {
  const touched = ran.some(({ state }) => state !== 'pending' && state !== 'skipped');
  switch (result) {
    case 'done':
      return paint.good(`Done. ${whatIsProved(ran)}`.trimEnd());
    case 'unchanged':
      return paint.good('Nothing to do: the servers are as the fleet file says.');
    case 'refused':
      return paint.bad('Refused: nothing was changed.');
    case 'failed':
      if (!touched) return paint.bad('Failed before anything was changed.');
      if (ran.every(({ state }) => state === 'done'))
        return paint.bad(
          'Incomplete: all planned steps succeeded, but the errors below kept other steps out of the plan.',
        );
      return paint.bad(`Failed. What was done is in the journal${inFolder(journal)}; ${WHAT_IS_LEFT}`);
    case 'rolled-back':
      return paint.warn('Failed, and the server’s previous file was put back.');
    case 'cancelled':
      return paint.warn(
        touched
          ? `Cancelled. What was done before stays; ${WHAT_IS_LEFT}`
          : 'Cancelled before anything was changed.',
      );
  }
}

const WHAT_IS_LEFT = 'kanilink plan FLEET shows what is left, kanilink history FLEET what can be undone.';

const inFolder = (journal: string | null): string => (journal === null ? '' : ` ${journal}`);

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
