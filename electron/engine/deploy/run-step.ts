import type { CertificateStep, RestartStep, Step } from '../../../shared/plan/plan';
import { assertNever } from '../../../shared/result';
import { readOwnCertificate } from '../probe/probe-server';
import { uncancelled, until } from '../time';
import { backup } from './backup';
import { configure } from './configure';
import { refresh } from './refresh';
import { type Deployment, faultAt, serverNow, siteOf, stepDone, stepFailed, type StepResult } from './site';
import { verify } from './verify';
import { waitHealthy } from './wait-healthy';

/** Carries one step out. */
export function runStep(deployment: Deployment, step: Step): Promise<StepResult> {
  switch (step.action) {
    case 'configure':
      return configure(deployment, step);
    case 'restart':
      return restart(deployment, step);
    case 'read-certificate':
      return readCertificate(deployment, step);
    case 'backup':
      return backup(deployment, step);
    case 'refresh':
      return refresh(deployment, step);
    case 'verify':
      return verify(deployment, step);
    default:
      return assertNever(step);
  }
}

async function restart(deployment: Deployment, step: RestartStep): Promise<StepResult> {
  const site = siteOf(deployment, step.server);
  await deployment.journal.write('intent', step.id, { action: 'restart', server: step.server });
  const since = serverNow(site, deployment.clock);
  deployment.restarted.set(step.server, since);
  const restarted = await site.connection.service.restart(uncancelled(120_000));
  if (!restarted.ok) return stepFailed(faultAt(site, restarted));
  const replication = (site.observed.config?.replication ?? null) !== null;
  const fault = await waitHealthy(deployment, site, since, replication);
  return fault === null ? stepDone() : stepFailed(fault);
}

async function readCertificate(deployment: Deployment, step: CertificateStep): Promise<StepResult> {
  const site = siteOf(deployment, step.server);
  const limit = { timeoutMs: 120_000, signal: deployment.signal, everyMs: 1000 };
  const outcome = await until(deployment.clock, limit, async () => {
    const read = await readOwnCertificate(site.connection, { signal: deployment.signal, timeoutMs: 30_000 });
    return read.ok ? { done: true, value: read.value } : { done: false, last: faultAt(site, read) };
  });
  if (!outcome.done) return stepFailed(outcome.last);
  deployment.certificates.set(step.id, outcome.value);
  return stepDone(`${outcome.value.fingerprint} · until ${outcome.value.notAfter.slice(0, 10)}`);
}
