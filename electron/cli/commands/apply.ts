import { rememberDomain, whoseDomain } from '../../../shared/fleet/remember-domain';
import type { FleetText, PlanView } from '../../../shared/ipc';
import type { StepState } from '../../../shared/plan/deploy';
import type { Job } from '../../../shared/plan/job';
import { type Problem, problemOf } from '../../../shared/problem';
import type { Invocation } from '../arguments';
import { loadFleet } from '../fleet-argument';
import { consentTo, unnamed } from '../consent';
import { interruptedOf } from '../interrupted';
import { type Outcome, refused, report } from '../outcome';
import { faultProblem, hasErrors, problemsText } from '../text/problems';
import { progressText } from '../text/progress';
import { unknownServer, usageError } from '../usage';
import type { World } from '../world';
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
export async function renew(invocation: Invocation, world: World): Promise<number> {
  const { server } = invocation;
  if (server !== null) return carryOut({ kind: 'renew', server }, invocation, world);
  const usage = 'Usage: kanilink renew FLEET --server ID [--yes] [--take-over]';
  return usageError('renew needs --server: whose certificate is renewed', usage, invocation.json, world);
}

/** `kanilink refresh`: the servers named with `--erase` take their source's data although all say one domain. */
export async function refresh(invocation: Invocation, world: World): Promise<number> {
  const servers = [...invocation.erase];
  if (servers.length > 0) return carryOut({ kind: 'refresh', servers }, invocation, world);
  const usage = 'Usage: kanilink refresh FLEET --erase ID… [--yes] [--take-over]';
  const lacks = "refresh needs --erase: every server that is to take its source's data";
  return usageError(lacks, usage, invocation.json, world);
}

/** Loose ends, then the rest; a third time only when something was interrupted again meanwhile. */
const MOST_ROUNDS = 3;

async function carryOut(job: Job, invocation: Invocation, world: World): Promise<number> {
  const { json } = invocation;
  const loaded = await loadFleet(invocation.fleet, world);
  if (!loaded.ok) return report(refused(null, loaded.problems), json, world);
  const renewed = job.kind === 'renew' ? [job.server] : [];
  const stranger =
    unknownServer('--server', renewed, loaded.fleet.servers) ??
    unknownServer('--erase', invocation.erase, loaded.fleet.servers);
  if (stranger !== null) return usageError(stranger, '', json, world);
  const interrupted = startsAnew.includes(job.kind) ? await interruptedOf(loaded.text, world) : [];
  if (interrupted.length > 0) return report(refused(null, interrupted.map(asError)), json, world);
  const before = job.kind === 'rollback' ? await undoesAll(loaded.text, job.deploy, world) : [];
  let last: Outcome | null = null;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const planned = await world.engine.plan(loaded.text, {
      signal: world.signal,
      timeoutMs: 120_000,
      job,
    });
    if (!planned.ok) {
      if (!nothingToDo.includes(planned.error.code))
        return report(stopped(last, null, [faultProblem(planned.error)]), json, world);
      const nothing = { ...refused(null, [problemOf(planned.error, 'info')]), result: 'unchanged' as const };
      return report(last ?? nothing, json, world);
    }
    const view = planned.value;
    const obstacles = whyNotRun(view, invocation);
    if (obstacles.length > 0) return report(stopped(last, view, obstacles), json, world);
    if (json) say(before, world);
    else printPlan(view, world, before);
    const consent = await consentTo(view, invocation, world);
    if (consent.kind === 'usage') {
      const { complaint, fix } = consent;
      return usageError(complaint, fix, json, world);
    }
    if (consent.kind === 'refused') return report(stopped(last, view, consent.problems), json, world);
    const { erase } = consent;
    const outcome = await deploy(loaded.text, view, { erase, job, takeOver: invocation.takeOver }, world);
    if (outcome.result === 'done' && job.kind !== 'rollback') await keepDomain(loaded.text, world);
    if (job.kind !== 'resume' || outcome.result !== 'done') return report(outcome, json, world);
    last = outcome;
  }
  return report(last ?? refused(null, []), json, world);
}

/** What rolling back a deploy that ended well means: a warning, or none where another one is rolled back. */
async function undoesAll(text: FleetText, deploy: string | null, world: World): Promise<readonly Problem[]> {
  const read = deploy === null ? null : await world.engine.history(text);
  const of = read?.ok ? read.value.deploys.find((it) => it.deploy === deploy) : undefined;
  if (of?.state !== 'finished' || of.outcome !== 'done') return [];
  return [
    {
      severity: 'warning',
      code: 'rolls-back-finished',
      server: null,
      message: `The deploy ${of.deploy} ended well: its files go back, the links it made with them, and what replicates by these links stops.`,
      fix: 'Each server keeps the data it has then. To link them again: kanilink apply FLEET.',
      where: {},
    },
  ];
}

function say(problems: readonly Problem[], world: World): void {
  if (problems.length > 0) world.say(problemsText(problems, world.paintSaid));
}

/** Jobs that may not start while an interrupted deploy waits. */
const startsAnew: readonly Job['kind'][] = ['apply', 'renew', 'refresh'];

const asError = (problem: Problem): Problem => ({ ...problem, severity: 'error' });

/** Why a plan cannot run, known before anybody is asked: it is shown instead of the plan. Empty: it can. */
function whyNotRun(view: PlanView, invocation: Invocation): readonly Problem[] {
  if (view.blocked || (view.steps.length === 0 && hasErrors(view.problems))) return view.problems;
  return invocation.yes ? unnamed(view, invocation.erase) : [];
}

/** Goes no further: a refusal, or, after a first round of steps, a failure, for something was changed. */
function stopped(last: Outcome | null, view: PlanView | null, problems: readonly Problem[]): Outcome {
  if (last === null) return refused(view, problems);
  return { ...last, result: 'failed', problems };
}

/** A job that finds nothing is done. */
const nothingToDo = ['nothing-interrupted', 'nothing-to-undo'];

async function deploy(
  text: FleetText,
  view: PlanView,
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

/** Writes the domain of a first deploy into the fleet file; not being able to is said and harms nothing. */
async function keepDomain(text: FleetText & { readonly path: string }, world: World): Promise<void> {
  const primary = whoseDomain(text.text);
  if (primary === null) return;
  const seen = await world.engine.testServer(text, primary, { signal: world.signal, timeoutMs: 60_000 });
  const remembered = seen.ok ? rememberDomain(text.text, [seen.value]) : null;
  if (remembered === null) return;
  const saved = await world.engine.saveFleet(text.path, remembered, text.text);
  world.say(
    saved.ok
      ? `Wrote domain_uuid into ${text.path}: from now on a primary in another domain is an error.`
      : `domain_uuid was not written into ${text.path}: ${saved.error.message}`,
  );
}
