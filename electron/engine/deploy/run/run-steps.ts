import type { DeployEvent, DeployOutcome, StepState } from '../../../../shared/plan/model/deploy';
import type { Step } from '../../../../shared/plan/steps/step';
import { type Problem, problemOf } from '../../../../shared/base/problem';
import { CANCELLED } from '../deployment/cancelled';
import { note } from '../deployment/effect';
import { runStep } from '../steps/run-step';
import { type Deployment, stepFailed, type StepResult } from '../deployment/deployment';

export interface Ending {
  readonly outcome: DeployOutcome;
  readonly problems: readonly Problem[];
}

/** Carries steps out in their order and stops at the first that fails, or when the person cancels. */
export async function runSteps(
  deployment: Deployment,
  steps: readonly Step[],
  tell: (event: DeployEvent) => void,
): Promise<Ending> {
  const mark = (step: Step, state: StepState, text = ''): void =>
    tell({ kind: 'step', step: step.id, state, note: text, at: deployment.clock.now() });
  for (const [index, step] of steps.entries()) {
    const rest = steps.slice(index);
    if (deployment.signal.aborted) {
      for (const skipped of rest) mark(skipped, 'skipped', 'cancelled');
      return { outcome: 'cancelled', problems: [] };
    }
    mark(step, 'running');
    const result = await runAndJournal(deployment, step, tell);
    if (result.ok) {
      mark(step, 'done', result.note);
      if (deployment.trouble === null) continue;
      for (const skipped of rest.slice(1)) mark(skipped, 'skipped', deployment.trouble.message);
      return { outcome: 'failed', problems: [problemOf(deployment.trouble)] };
    }
    const { fault, undone } = result.failure;
    mark(step, undone ? 'rolled-back' : 'failed', fault.message);
    for (const skipped of rest.slice(1)) mark(skipped, 'skipped', `step ${step.id} failed`);
    const outcome = fault.code === CANCELLED ? 'cancelled' : undone ? 'rolled-back' : 'failed';
    return { outcome, problems: [problemOf(fault)] };
  }
  return { outcome: 'done', problems: [] };
}

/** The begin and the end of a step are written here. The step itself writes *intent*, right before its effect. */
async function runAndJournal(
  deployment: Deployment,
  step: Step,
  tell: (event: DeployEvent) => void,
): Promise<StepResult> {
  const began = await note(deployment, { kind: 'begin', step: step.id });
  if (!began.ok) return stepFailed(began.error);
  const cancelling = (): void => {
    const begun = deployment.begun.has(step.id);
    tell({ kind: 'cancelling', step: step.id, afterStep: begun, at: deployment.clock.now() });
  };
  deployment.signal.addEventListener('abort', cancelling, { once: true });
  const result = await runStep(deployment, step);
  deployment.signal.removeEventListener('abort', cancelling);
  if (result.ok) {
    const backup = result.backup === undefined ? {} : { backup: result.backup };
    await note(deployment, { kind: 'done', step: step.id, note: result.note, ...backup });
  } else {
    const { fault, undone } = result.failure;
    await note(deployment, {
      kind: 'failed',
      step: step.id,
      code: fault.code,
      message: fault.message,
      undone,
    });
  }
  return result;
}
