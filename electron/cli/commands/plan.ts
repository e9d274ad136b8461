import type { PlanView } from '../../../shared/ipc';
import type { PlanReport } from '../../../shared/plan/plan';
import type { Problem } from '../../../shared/problem';
import type { Invocation } from '../arguments';
import { loadFleet } from '../fleet-argument';
import { interruptedOf } from '../interrupted';
import { erasesText, planText } from '../text/plan';
import { faultProblem, hasErrors, problemsText, worstFirst } from '../text/problems';
import { exit, type World } from '../world';
import { saveRunbook } from '../save-runbook';

/** `kanilink plan`: what a deploy would do. Changes nothing. */
export async function plan({ fleet, json, runbook }: Invocation, world: World): Promise<number> {
  const loaded = await loadFleet(fleet, world);
  if (!loaded.ok) return failed(loaded.problems, json, world);
  const interrupted = await interruptedOf(loaded.text, world);
  const view = await world.engine.plan(loaded.text, { signal: world.signal, timeoutMs: 120_000 });
  if (!view.ok) return failed([...interrupted, faultProblem(view.error)], json, world);
  if (json) world.print(JSON.stringify(planReport(view.value, interrupted), null, 2));
  else printPlan(view.value, world, interrupted);
  if (runbook !== null && !(await saveRunbook(runbook, loaded.text, view.value, world))) return exit.failed;
  if (view.value.blocked) return exit.failed;
  if (view.value.steps.length > 0) return exit.attention;
  return hasErrors(view.value.problems) ? exit.failed : exit.well;
}

/**
 * The plan and its problems, for a person. What is erased stands first; what forbids the plan stands before its steps.
 * @param before what is said before anything else.
 */
export function printPlan(view: PlanView, world: World, before: readonly Problem[] = []): void {
  const { paint } = world;
  const problems = problemsText(view.problems, paint);
  const unjudged = view.steps.length === 0 && (view.blocked || hasErrors(view.problems));
  const steps = unjudged ? '' : planText(view, paint);
  const blocked = unjudged
    ? 'This plan is blocked: no step can be planned before the errors are solved.'
    : 'This plan is blocked: it cannot be applied before the errors are solved.';
  const parts = view.blocked || unjudged ? [`${paint.bad(blocked)}\n${problems}`, steps] : [steps, problems];
  world.print(
    [problemsText(before, paint), erasesText(view, paint), ...parts]
      .filter((part) => part !== '')
      .join('\n\n'),
  );
}

/** A plan in the shape of `plan --json`. */
export function planReport(view: PlanView, before: readonly Problem[] = []): PlanReport {
  return {
    changes: view.steps.length > 0,
    steps: view.steps.map(({ id, server, action, summary, diff, risk, erases }) => ({
      id,
      server,
      action,
      summary,
      diff,
      risk,
      erases,
    })),
    problems: [...before, ...worstFirst(view.problems)],
  };
}

function failed(problems: readonly Problem[], json: boolean, world: World): number {
  const report: PlanReport = { changes: false, steps: [], problems: worstFirst(problems) };
  world.print(json ? JSON.stringify(report, null, 2) : problemsText(problems, world.paint));
  return exit.failed;
}
