import type { PlanView } from '../../../shared/ipc';
import type { PlanReport } from '../../../shared/plan/plan';
import type { Problem } from '../../../shared/problem';
import type { Invocation } from '../arguments';
import { loadFleet } from '../fleet-argument';
import { planText } from '../text/plan';
import { faultProblem, hasErrors, problemsText } from '../text/problems';
import { exit, type World } from '../world';
import { saveRunbook } from '../save-runbook';

/** `kanilink plan`: what a deploy would do. Changes nothing. */
export async function plan({ fleet, json, runbook }: Invocation, world: World): Promise<number> {
  const loaded = await loadFleet(fleet, world);
  if (!loaded.ok) return failed(loaded.problems, json, world);
  const view = await world.engine.plan(loaded.text, { signal: world.signal, timeoutMs: 120_000 });
  if (!view.ok) return failed([faultProblem(view.error)], json, world);
  if (json) world.print(JSON.stringify(planReport(view.value), null, 2));
  else printPlan(view.value, world);
  if (runbook !== null && !(await saveRunbook(runbook, loaded.text, view.value, world))) return exit.failed;
  if (view.value.blocked) return exit.failed;
  if (view.value.steps.length > 0) return exit.attention;
  return hasErrors(view.value.problems) ? exit.failed : exit.well;
}

/** The plan and its problems, for a person. */
export function printPlan(view: PlanView, world: World): void {
  const problems = problemsText(view.problems, world.paint);
  const unjudged = view.steps.length === 0 && (view.blocked || hasErrors(view.problems));
  const text = unjudged
    ? 'No step can be planned before the errors below are solved.'
    : planText(view, world.paint);
  world.print(problems === '' ? text : `${text}\n\n${problems}`);
  if (view.blocked) world.print(`\n${world.paint.bad('This plan is blocked: it cannot be applied.')}`);
}

/** A plan in the shape of `plan --json`. */
export function planReport(view: PlanView): PlanReport {
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
    problems: view.problems,
  };
}

function failed(problems: readonly Problem[], json: boolean, world: World): number {
  const report: PlanReport = { changes: false, steps: [], problems };
  world.print(json ? JSON.stringify(report, null, 2) : problemsText(problems, world.paint));
  return exit.failed;
}
