import type { FleetText } from '../../../../shared/ipc';
import type { DeployEvent } from '../../../../shared/plan/model/deploy';
import { isOfService, type JobKind } from '../../../../shared/plan/model/job';
import { problemOf } from '../../../../shared/base/problem';
import type { Fault } from '../../../../shared/base/result';
import { observeFleet, type Prober } from '../../fleet/observe-fleet';
import { FRESH_MS } from '../../fleet/server-probe';
import type { Clock } from '../../base/time';
import { BoundedQueue } from '../../base/bounded-queue';
import { planJob, checkInterrupted } from '../plan/plan-job';
import { readDeploys } from '../journal/read-journal';
import type { Consent } from '../../api/consent';
import { keepDomain, type KeptDomain } from './keep-domain';
import { runDeploy } from './run-deploy';

/** Plans again, holds the plan against what was reviewed, and runs it. */
export async function* deployJob(
  text: FleetText,
  consent: Consent,
  signal: AbortSignal,
  engine: {
    readonly prober: Prober;
    readonly clock: Clock;
    readonly configDir: string;
  },
): AsyncIterable<DeployEvent> {
  const { prober, clock, configDir } = engine;
  const { erase, takeOver = false, job = { kind: 'apply' } } = consent;
  const refuse = (fault: Fault): DeployEvent => ({
    kind: 'finished',
    outcome: 'refused',
    problems: [problemOf(fault)],
    at: clock.now(),
  });
  // What was reviewed was made from a look; without a review there must be one of the deploy's own.
  const maxAgeMs = consent.fingerprint === null ? 0 : FRESH_MS;
  const fleet = await observeFleet(text, prober, { signal, timeoutMs: 120_000 }, maxAgeMs);
  if (!fleet.ok) {
    yield refuse(fleet.error);
    return;
  }
  const past = await readDeploys(configDir);
  const key = { path: text.path, name: fleet.value.fleet.name };
  const interrupted = checkInterrupted(job, key, past);
  if (interrupted !== null) {
    yield refuse(interrupted);
    return;
  }
  const planned = await planJob(job, fleet.value, past, { configDir, clock });
  if (!planned.ok) {
    yield refuse(planned.error);
    return;
  }
  const { plan, of, partial } = planned.value;
  if (consent.fingerprint !== null && consent.fingerprint !== plan.fingerprint) {
    yield refuse(planChanged);
    return;
  }
  const events = new BoundedQueue<DeployEvent>();
  const running = runDeploy({
    fleet: fleet.value.fleet,
    text,
    plan,
    sites: fleet.value.sites,
    erase,
    purpose: job.kind,
    of,
    partial,
    past,
    takeOver,
    configDir,
    clock,
    signal,
    tell: (event) => events.push(event),
  });
  const closing = running.finally(() => events.close());
  for await (const batch of events)
    for (const event of batch) {
      if (event.kind !== 'finished' || event.outcome !== 'done' || partial || !mayLearn(job.kind))
        yield event;
      else yield* withDomain(event, await keepDomain(text, fleet.value.sites, clock));
    }
  await closing;
}

/** Whether a job's end may write the primary's domain into the fleet file: one about a process writes nothing. */
const mayLearn = (kind: JobKind): boolean => kind !== 'rollback' && !isOfService(kind);

/** The end of a deploy with what came of keeping the domain before it. */
function* withDomain(
  end: Extract<DeployEvent, { readonly kind: 'finished' }>,
  kept: KeptDomain,
): Iterable<DeployEvent> {
  if (kept !== null && 'kind' in kept) yield kept;
  const problem = kept === null || 'kind' in kept ? [] : [kept];
  yield { ...end, problems: [...end.problems, ...problem] };
}

export const planChanged: Fault = {
  code: 'plan-changed',
  message: 'The servers are no longer as they were when the plan was reviewed; nothing was changed.',
  fix: 'Review the plan again.',
  where: {},
};
