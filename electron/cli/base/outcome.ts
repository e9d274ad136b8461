import type { Plan } from '../../../shared/plan/model/plan';
import type { DeployOutcome, StepState } from '../../../shared/plan/model/deploy';
import type { Problem } from '../../../shared/base/problem';
import { problemsText, worstFirst } from '../text/problems';
import { outcomeText } from '../text/progress';
import { exit, type World } from './world';
import { jsonText } from '../text/json';

/** How carrying a plan out ended: what `apply --json` prints. */
export interface Outcome {
  readonly result: DeployOutcome;
  /** The plan that was last looked at; null: there was none. */
  readonly view: Plan | null;
  readonly states: ReadonlyMap<string, StepState>;
  readonly problems: readonly Problem[];
  /** The deploy's id and the folder of its journal; null: nothing was begun. */
  readonly deploy: string | null;
  readonly journal: string | null;
}

/** Nothing was begun, and why. */
export const refused = (view: Plan | null, problems: readonly Problem[]): Outcome => ({
  result: 'refused',
  view,
  states: new Map(),
  problems,
  deploy: null,
  journal: null,
});

/** Prints how it ended: first in a sentence, then why. @returns the exit code. */
export function report(outcome: Outcome, json: boolean, world: World): number {
  const { result, view, states, deploy, journal } = outcome;
  const problems = worstFirst(outcome.problems);
  const ran = (view?.steps ?? []).map(({ id, action, server }) => ({
    action,
    server,
    state: states.get(id) ?? 'pending',
  }));
  if (json) {
    const steps = (view?.steps ?? []).map((step) => ({
      ...step,
      state: states.get(step.id) ?? 'pending',
    }));
    world.print(jsonText({ result, deploy, journal, steps, problems }));
  } else {
    // What was found to be nothing to do has said so: in the plan's words, or in the problem's.
    const said = result === 'unchanged' ? '' : outcomeText({ result, ran, journal }, world.paint);
    const text = problemsText(problems, world.paint);
    const parts = [said, text].filter((part) => part !== '');
    if (parts.length > 0) world.print(parts.join('\n'));
  }
  return result === 'done' || result === 'unchanged' ? exit.well : exit.failed;
}
