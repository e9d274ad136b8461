import type { Fleet } from '../../../shared/fleet/fleet';
import type { DeployEvent, DeployOutcome, StepState } from '../../../shared/plan/deploy';
import type { Plan, Step } from '../../../shared/plan/plan';
import { type Problem, problemOf } from '../../../shared/problem';
import type { ServerId } from '../../../shared/names';
import type { Clock } from '../time';
import { openJournal } from './journal';
import { runStep } from './run-step';
import type { Deployment, Site, StepResult } from './site';

export interface DeployRequest {
  readonly fleet: Fleet;
  readonly plan: Plan;
  readonly sites: ReadonlyMap<ServerId, Site>;
  /** Servers whose database the operator gave up by name. */
  readonly erase: readonly string[];
  readonly configDir: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly tell: (event: DeployEvent) => void;
}

/**
 * Carries a plan out, step by step in its order, with a journal. Refuses before any effect when the plan is blocked or
 * erases a server that was not named. Stops at the first step that fails; steps that need it are skipped.
 */
export async function runDeploy(request: DeployRequest): Promise<DeployOutcome> {
  const { plan, clock, tell } = request;
  const finish = (outcome: DeployOutcome, problems: readonly Problem[]): DeployOutcome => {
    tell({ kind: 'finished', outcome, problems, at: clock.now() });
    return outcome;
  };
  const errors = plan.problems.filter((problem) => problem.severity === 'error');
  if (plan.blocked) return finish('refused', errors);
  const unnamed = whoIsNotNamed(plan, request.erase);
  if (unnamed.length > 0) return finish('refused', [...unnamed.map(notNamed), ...errors]);
  // Nothing to do is only "unchanged" when nothing was left out because of an error.
  if (plan.steps.length === 0) return finish(errors.length > 0 ? 'failed' : 'unchanged', errors);

  const opened = await openJournal(request.configDir, new Date(clock.now()));
  if (!opened.ok) return finish('refused', [problemOf(opened.error)]);
  const journal = opened.value;
  tell({ kind: 'started', deploy: journal.deploy, journal: journal.folder, at: clock.now() });
  const deployment: Deployment = {
    fleet: request.fleet,
    sites: request.sites,
    journal,
    clock,
    signal: request.signal,
    certificates: new Map(),
    written: new Map(),
    restarted: new Map(),
    say: (step, text) => tell({ kind: 'output', step, text, at: clock.now() }),
  };
  try {
    await journal.write('deploy', null, {
      fingerprint: plan.fingerprint,
      erase: request.erase,
      steps: plan.steps,
    });
    const ended = await runSteps(deployment, plan.steps, tell);
    const outcome = ended.outcome === 'done' && errors.length > 0 ? 'failed' : ended.outcome;
    await journal.write('finished', null, { outcome, problems: ended.problems });
    return finish(outcome, [...ended.problems, ...errors]);
  } finally {
    await journal.close();
  }
}

/** Servers a plan erases that the operator did not name: a plan with any of them does not run. */
export function whoIsNotNamed(plan: Plan, erase: readonly string[]): readonly ServerId[] {
  return [...new Set(plan.steps.flatMap((step) => step.erases))].filter((id) => !erase.includes(id));
}

async function runSteps(
  deployment: Deployment,
  steps: readonly Step[],
  tell: (event: DeployEvent) => void,
): Promise<{ readonly outcome: DeployOutcome; readonly problems: readonly Problem[] }> {
  const mark = (step: Step, state: StepState, note = ''): void =>
    tell({ kind: 'step', step: step.id, state, note, at: deployment.clock.now() });
  for (const [index, step] of steps.entries()) {
    const rest = steps.slice(index);
    if (deployment.signal.aborted) {
      for (const skipped of rest) mark(skipped, 'skipped', 'cancelled');
      return { outcome: 'cancelled', problems: [] };
    }
    mark(step, 'running');
    const result = await runAndJournal(deployment, step);
    if (result.ok) {
      mark(step, 'done', result.note);
      continue;
    }
    const { fault, undone } = result.failure;
    mark(step, undone ? 'rolled-back' : 'failed', fault.message);
    for (const skipped of rest.slice(1)) mark(skipped, 'skipped', `step ${step.id} failed`);
    const outcome = fault.code === 'cancelled' ? 'cancelled' : undone ? 'rolled-back' : 'failed';
    return { outcome, problems: [problemOf(fault)] };
  }
  return { outcome: 'done', problems: [] };
}

/** *Intent* is written by the step itself, right before its effect; the end is written here. */
async function runAndJournal(deployment: Deployment, step: Step): Promise<StepResult> {
  const result = await runStep(deployment, step);
  if (result.ok) await deployment.journal.write('done', step.id, { note: result.note });
  else await deployment.journal.write('failed', step.id, { ...result.failure });
  return result;
}

const notNamed = (server: ServerId): Problem => ({
  severity: 'error',
  code: 'erase-not-named',
  server,
  message: `This plan replaces ${server}'s whole database, and ${server} was not named.`,
  fix: `If ${server}'s data may go, name it: --erase ${server}.`,
  where: { server },
});
