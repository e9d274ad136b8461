import { ended } from '../../../../shared/base/sentences';
import { describePull } from '../../../../shared/fleet/model/fleet';
import type { PullHealth } from '../../../../shared/kanidmd/health';
import { runsWith } from '../../../../shared/observed/observed-config';
import type { VerifyStep } from '../../../../shared/plan/steps/verify';
import { proofWindowMs } from '../../fleet/probe/probe-server';
import { until } from '../../base/time';
import { judgePullsOf } from '../guards/judge-pulls';
import { proveLogins } from './prove-logins';
import { CANCELLED } from '../deployment/cancelled';
import { type Deployment, siteOf, stepDone, stepFailed, type StepResult } from '../deployment/deployment';

/**
 * Waits for the proof that a server's pulls work: a fresh round of each since the last restart of both ends, without
 * trouble at either, and one `domain_uuid` (`design.md`, "Deploying", 6); then of their logins. Nothing counts as success
 * that was not seen.
 */
export async function verify(deployment: Deployment, step: VerifyStep): Promise<StepResult> {
  const site = siteOf(deployment, step.server);
  const suppliers = step.suppliers.map((it) => ({ ...it, site: siteOf(deployment, it.server) }));
  // Two windows: the first round may have met a partner that was still restarting.
  const timeoutMs = 2 * proofWindowMs(runsWith(site.observed)) + 20_000;
  const limit = { timeoutMs, signal: deployment.signal, everyMs: 250 };
  const told = new Set<string>();
  const outcome = await until(deployment.clock, limit, async () => {
    const call = { signal: deployment.signal, timeoutMs: 30_000 };
    const pulls = await judgePullsOf(deployment, site, suppliers, call);
    for (const pull of pulls) say(deployment, step, told, pull);
    const well = pulls.length === suppliers.length && pulls.every((pull) => pull.health === 'replicating');
    return well ? { done: true, value: pulls } : { done: false, last: pulls };
  });
  if (outcome.done) {
    const rounds = outcome.value.map((pull) => `${describePull(pull)}: ${pull.cause}`);
    const logins = await proveLogins(deployment, step);
    return logins.ok ? stepDone([...rounds, ...logins.value].map(ended).join(' ')) : stepFailed(logins.error);
  }
  const bad = outcome.last.find((pull) => pull.health !== 'replicating');
  return stepFailed({
    code: deployment.signal.aborted ? CANCELLED : 'pull-not-proved',
    message: bad ? `${describePull(bad)} is ${bad.health}: ${bad.cause}` : 'No pull could be judged.',
    fix: bad?.fix ?? 'Read the logs of both servers.',
    where: { server: step.server },
  });
}

/** Says each state of a pull once. */
function say(deployment: Deployment, step: VerifyStep, told: Set<string>, pull: PullHealth): void {
  const text = `${describePull(pull)}: ${pull.health}`;
  if (told.has(text)) return;
  told.add(text);
  deployment.say(step.id, `${text} · ${pull.cause}`);
}
