import type { FleetText } from '../../../shared/ipc';
import type { DeployEvent } from '../../../shared/plan/deploy';
import type { Job } from '../../../shared/plan/job';
import { problemOf } from '../../../shared/problem';
import { type Fault, ok } from '../../../shared/result';
import type { Connections } from '../connections';
import { observeFleet } from '../observe-fleet';
import type { Clock } from '../time';
import { Channel } from '../watch/channel';
import { planJob, whyInterrupted } from './plan-job';
import type { RecentPlans } from './recent-plan';
import { runDeploy } from './run-deploy';

/** What the operator agreed to. */
export interface Consent {
  /** The reviewed plan's; null: whatever planning again gives. */
  readonly fingerprint: string | null;
  readonly erase: readonly string[];
  /** Without it: apply. */
  readonly job?: Job;
  /** Locks that are an hour old may be taken over. */
  readonly takeOver?: boolean;
}

/** Plans again, holds the plan against what was reviewed, and runs it. */
export async function* deployJob(
  text: FleetText,
  consent: Consent,
  signal: AbortSignal,
  engine: {
    readonly connections: Connections;
    readonly clock: Clock;
    readonly configDir: string;
    readonly recent: RecentPlans;
  },
): AsyncIterable<DeployEvent> {
  const { connections, clock, configDir, recent } = engine;
  const { erase, takeOver = false, job = { kind: 'apply' } } = consent;
  const refuse = (fault: Fault): DeployEvent => ({
    kind: 'finished',
    outcome: 'refused',
    problems: [problemOf(fault)],
    at: clock.now(),
  });
  const reviewed = recent.take(text, job, consent.fingerprint);
  const fleet = reviewed
    ? ok(reviewed.fleet)
    : await observeFleet(text, connections, clock, { signal, timeoutMs: 120_000 });
  if (!fleet.ok) {
    yield refuse(fleet.error);
    return;
  }
  const interrupted = ['apply', 'put-back', 'renew', 'refresh'].includes(job.kind)
    ? await whyInterrupted(fleet.value, configDir)
    : null;
  if (interrupted !== null) {
    yield refuse(interrupted);
    return;
  }
  const planned = reviewed ? ok(reviewed.planned) : await planJob(job, fleet.value, configDir);
  if (!planned.ok) {
    yield refuse(planned.error);
    return;
  }
  const { plan, of, partial } = planned.value;
  if (consent.fingerprint !== null && consent.fingerprint !== plan.fingerprint) {
    yield refuse(planChanged);
    return;
  }
  const events = new Channel<DeployEvent>();
  const running = runDeploy({
    fleet: fleet.value.fleet,
    text,
    plan,
    sites: fleet.value.sites,
    erase,
    purpose: job.kind,
    of,
    partial,
    takeOver,
    configDir,
    clock,
    signal,
    tell: (event) => events.push(event),
  });
  const closing = running.finally(() => events.close());
  for await (const batch of events) yield* batch;
  await closing;
}

export const planChanged: Fault = {
  code: 'plan-changed',
  message: 'The servers are no longer as they were when the plan was reviewed; nothing was changed.',
  fix: 'Review the plan again.',
  where: {},
};
