import { expectedMs, MOST_DEPLOYS, type Took } from '../../shared/plan/model/expected';
import type { HistoryDeploy } from '../../shared/plan/model/history';
import type { Plan } from '../../shared/plan/model/plan';
import { kindOf } from '../../shared/plan/steps/step';
import { span } from '../base/words';

/**
 * About how long a plan will take, by how long such steps took in past deploys of this fleet.
 * @returns `about 40 s`; `at least 40 s …` where some kinds never ran; what is not known is said.
 */
export function howLong({ steps }: Pick<Plan, 'steps'>, past: readonly HistoryDeploy[]): string {
  const took = past
    .slice(0, MOST_DEPLOYS)
    .flatMap((deploy) =>
      deploy.steps.flatMap(({ action, server, state, tookMs }): Took[] =>
        state === 'done' && tookMs !== null ? [{ action, server, ms: tookMs }] : [],
      ),
    );
  const expected = steps.map((step) => expectedMs(step, took));
  const known = expected.reduce<number>((sum, ms) => sum + (ms ?? 0), 0);
  const never = [
    ...new Set(steps.flatMap((step, index) => (expected[index] === null ? [kindOf(step).label] : []))),
  ];
  if (never.length === 0) return `about ${span(Math.max(known, 1000))}`;
  if (known === 0) return 'not known: no such step ran in this fleet yet';
  return `at least ${span(Math.max(known, 1000))}; how long “${never[0] ?? ''}” takes is not known yet`;
}
