import type { Problem } from '../base/problem';
import { type RuleCode, wordsOfRule } from '../fleet/rules/registry';
import type { Plan } from '../plan/model/plan';
import { kindOf } from '../plan/steps/step';
import { type Entry, entriesOf } from './entries';
import { subjectOf } from './subject';

/** What is to be said beside the steps of a plan: all its problems but those that these very steps put right. */
export const besidesPlan = ({ steps, problems }: Pick<Plan, 'steps' | 'problems'>): readonly Entry[] =>
  entriesOf({ plan: problems.filter((problem) => !putsRight(steps, problem)) });

/** Whether the steps do what a deploy does about a problem; one that holds back its own repair is said. */
function putsRight(steps: Plan['steps'], problem: Problem): boolean {
  const remedy = wordsOfRule(problem.code)?.remedy;
  if ((remedy !== 'deploy' && remedy !== 'repin') || problem.severity === 'error') return false;
  const subject = subjectOf(problem);
  if (subject.kind === 'fleet') return false;
  if (subject.kind === 'server')
    return steps.some((step) => step.server === subject.server && kindOf(step).changes);
  const [a, b] = subject.ends;
  const isUndrawn = problem.code === ('link-not-drawn' satisfies RuleCode);
  return steps.some(
    (step) =>
      step.action === 'configure' &&
      step.changes.some((it) =>
        it.kind === 'pin-partner'
          ? (step.server === a && it.of === b) || (step.server === b && it.of === a)
          : // A deploy takes out every table that is not drawn: whose it was does not matter.
            it.kind === 'remove-partner' && isUndrawn && (step.server === a || step.server === b),
      ),
  );
}
