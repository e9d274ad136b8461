import type { Plan } from '../../../shared/plan/model/plan';

import { type Problem, problemOf } from '../../../shared/base/problem';
import type { Invocation } from '../base/arguments';
import { loadFleet } from '../base/fleet-argument';
import { interruptedOf } from '../base/interrupted';
import { erasesText, planText } from '../text/plan';
import { problemsText, worstFirst } from '../text/problems';
import { exit, type World } from '../base/world';
import { saveRunbook } from '../base/save-runbook';
import { jsonText } from '../text/json';

/** `kanilink plan`: what a deploy would do. Changes nothing. */
export async function plan({ fleet, json, runbook }: Invocation, world: World): Promise<number> {
  const loaded = await loadFleet(fleet, world);
  if (!loaded.ok) return failed(loaded.problems, json, world);
  const interrupted = await interruptedOf(loaded.text, world);
  const view = await world.engine.plan(loaded.text, { signal: world.signal, timeoutMs: 120_000 });
  if (!view.ok) return failed([...interrupted, problemOf(view.error)], json, world);
  if (json) world.print(jsonText(documentOf(view.value, interrupted)));
  else printPlan(view.value, world, interrupted);
  if (runbook !== null && !(await saveRunbook(runbook, loaded.text, view.value, world))) return exit.failed;
  if (view.value.blocked) return exit.failed;
  return view.value.steps.length > 0 ? exit.attention : exit.well;
}

/**
 * The plan and its problems, for a person. What is erased stands first; what forbids the plan stands before its steps.
 * @param before what is said before anything else.
 * @param named the servers whose erasure the person has allowed.
 */
export function printPlan(
  view: Plan,
  world: World,
  before: readonly Problem[] = [],
  named: readonly string[] = [],
): void {
  const { paint } = world;
  const problems = problemsText(view.problems, paint);
  const unjudged = view.blocked && view.steps.length === 0;
  const steps = unjudged ? '' : planText(view, paint);
  const blocked = unjudged
    ? 'This plan is blocked: no step can be planned before the errors are solved.'
    : 'This plan is blocked: it cannot be applied before the errors are solved.';
  const parts = view.blocked ? [`${paint.bad(blocked)}\n${problems}`, steps] : [steps, problems];
  world.print(
    [problemsText(before, paint), erasesText(view, paint, named), ...parts]
      .filter((part) => part !== '')
      .join('\n\n'),
  );
}

/**
 * A plan as `plan --json` prints it: the plan itself, and whether there is anything to do.
 * @param before what is said before anything else.
 */
const documentOf = ({ observed: _, ...view }: Plan, before: readonly Problem[]) => ({
  changes: view.steps.length > 0,
  ...view,
  problems: [...before, ...worstFirst(view.problems)],
});

function failed(problems: readonly Problem[], json: boolean, world: World): number {
  const document = { changes: false, fingerprint: null, steps: [], problems: worstFirst(problems) };
  world.print(json ? jsonText(document) : problemsText(problems, world.paint));
  return exit.failed;
}
