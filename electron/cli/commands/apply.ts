import type { FleetText } from '../../../shared/ipc';
import type { Plan } from '../../../shared/plan/model/plan';
import type { StepState } from '../../../shared/plan/model/deploy';
import type { Job } from '../../../shared/plan/model/job';
import { type Problem, problemOf } from '../../../shared/base/problem';
import type { Invocation } from '../base/arguments';
import { loadFleet } from '../base/fleet-argument';
import { notNamed, unnamedBy } from '../../../shared/plan/consent';
import { consentTo } from '../base/consent';
import { type Outcome, refused, report } from '../base/outcome';
import { progressText } from '../text/progress';
import { unknownServer, usageError } from '../base/usage';
import type { World } from '../base/world';
import { printPlan } from './plan';

/** `kanilink apply`: plans, asks, deploys. Erases only what the person named. */
export const apply = (invocation: Invocation, world: World): Promise<number> =>
  carryOut({ kind: 'apply' }, invocation, world);

/** `kanilink rollback`: puts back the files of an interrupted deploy, or of the one named. */
export const rollback = (invocation: Invocation, world: World): Promise<number> =>
  carryOut({ kind: 'rollback', deploy: invocation.deploy }, invocation, world);

/** `kanilink resume`: ties the loose ends of an interrupted deploy, then finishes it from how the servers are now. */
export const resume = (invocation: Invocation, world: World): Promise<number> =>
  carryOut({ kind: 'resume' }, invocation, world);

/** `kanilink renew`: a new certificate for one server, pinned on all its partners. */
export const renew = (invocation: Invocation, world: World): Promise<number> =>
  carryOut({ kind: 'renew', server: invocation.server ?? '' }, invocation, world);

/** `kanilink start`: kanidmd on one server where it does not run. */
export const start = (invocation: Invocation, world: World): Promise<number> =>
  carryOut({ kind: 'start', server: invocation.server ?? '' }, invocation, world);

/** `kanilink restart`: kanidmd on one server, its file tested first. */
export const restart = (invocation: Invocation, world: World): Promise<number> =>
  carryOut({ kind: 'restart', server: invocation.server ?? '' }, invocation, world);

/** `kanilink refresh`: the servers named with `--erase` take their source's data although all say one domain. */
export const refresh = (invocation: Invocation, world: World): Promise<number> =>
  carryOut({ kind: 'refresh', servers: [...invocation.erase] }, invocation, world);

/** Loose ends, then the rest; a third time only when something was interrupted again meanwhile. */
const MOST_ROUNDS = 3;

async function carryOut(job: Job, invocation: Invocation, world: World): Promise<number> {
  const { json } = invocation;
  const loaded = await loadFleet(invocation.fleet, world);
  if (!loaded.ok) return report(refused(null, loaded.problems), json, world);
  const named = 'server' in job ? [job.server] : [];
  const stranger =
    unknownServer('--server', named, loaded.fleet.servers) ??
    unknownServer('--erase', invocation.erase, loaded.fleet.servers);
  if (stranger !== null) return usageError(stranger, '', json, world);
  const over = invocation.notRunning ? await world.engine.notRunning(loaded.text) : null;
  if (over?.ok === false) return report(refused(null, [problemOf(over.error)]), json, world);
  let last: Outcome | null = null;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const planned = await world.engine.plan(loaded.text, {
      signal: world.signal,
      timeoutMs: 120_000,
      job,
      toDeploy: true,
    });
    if (!planned.ok) {
      if (!nothingToDo.includes(planned.error.code))
        return report(stopped(last, null, [problemOf(planned.error)]), json, world);
      const nothing = { ...refused(null, [problemOf(planned.error, 'info')]), result: 'unchanged' as const };
      return report(last ?? nothing, json, world);
    }
    const view = planned.value;
    if (invocation.plan !== null && invocation.plan !== view.fingerprint)
      return report(stopped(last, view, [notReviewed(invocation.plan, view)]), json, world);
    const obstacles = whyNotRun(view, invocation);
    if (obstacles.length > 0) return report(stopped(last, view, obstacles), json, world);
    if (!json) printPlan(view, world, [], invocation.erase);
    const consent = await consentTo(view, invocation, world);
    if (consent.kind === 'usage') {
      const { complaint, fix } = consent;
      return usageError(complaint, fix, json, world);
    }
    if (consent.kind === 'refused') return report(stopped(last, view, consent.problems), json, world);
    const { erase } = consent;
    const outcome = await deploy(loaded.text, view, { erase, job, takeOver: invocation.takeOver }, world);
    if (job.kind !== 'resume' || outcome.result !== 'done') return report(outcome, json, world);
    last = outcome;
  }
  return report(last ?? refused(null, []), json, world);
}

/** Why a plan cannot run, known before anybody is asked: it is shown instead of the plan. Empty: it can. */
function whyNotRun(view: Plan, invocation: Invocation): readonly Problem[] {
  if (view.blocked) return view.problems;
  return invocation.yes ? unnamedBy(view, invocation.erase).map(notNamed) : [];
}

/** What a person reviewed is not what would be done. */
const notReviewed = (reviewed: string, { fingerprint }: Plan): Problem => ({
  severity: 'error',
  code: 'plan-changed',
  server: null,
  message: `The plan is not the one that was reviewed: its fingerprint is ${fingerprint}, not ${reviewed}. Nothing was changed.`,
  fix: 'Review the plan as it is now (kanilink plan FLEET --json), then give its fingerprint.',
  where: {},
});

/** Goes no further: a refusal, or, after a first round of steps, a failure, for something was changed. */
function stopped(last: Outcome | null, view: Plan | null, problems: readonly Problem[]): Outcome {
  if (last === null) return refused(view, problems);
  return { ...last, result: 'failed', problems };
}

/** A job that finds nothing is done. */
const nothingToDo = ['nothing-interrupted', 'nothing-to-undo'];

async function deploy(
  text: FleetText,
  view: Plan,
  more: { readonly erase: readonly string[]; readonly job: Job; readonly takeOver: boolean },
  world: World,
): Promise<Outcome> {
  const states = new Map<string, StepState>();
  let begun: { readonly deploy: string | null; readonly journal: string | null } = {
    deploy: null,
    journal: null,
  };
  const consent = { fingerprint: view.fingerprint, ...more };
  for await (const event of world.engine.deploy(text, consent, world.signal)) {
    const line = progressText(event, view, world.paintSaid);
    if (line !== '') world.say(line);
    if (event.kind === 'step') states.set(event.step, event.state);
    if (event.kind === 'started') begun = { deploy: event.deploy, journal: event.journal };
    if (event.kind === 'finished')
      return { result: event.outcome, view, states, problems: event.problems, ...begun };
  }
  throw new Error('the deploy ended without saying how');
}
