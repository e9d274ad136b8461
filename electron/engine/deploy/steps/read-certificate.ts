import type { CertificateStep } from '../../../../shared/plan/steps/read-certificate';
import { until } from '../../base/time';
import { readOwnCertificate } from '../../fleet/probe/probe-server';
import { cancelled } from '../deployment/cancelled';
import {
  type Deployment,
  faultAt,
  learn,
  siteOf,
  stepDone,
  stepFailed,
  type StepResult,
} from '../deployment/deployment';

/** Waits for the certificate that a server makes for itself, and keeps it for the pins of later steps. */
export async function readCertificate(deployment: Deployment, step: CertificateStep): Promise<StepResult> {
  const site = siteOf(deployment, step.server);
  const limit = { timeoutMs: 120_000, signal: deployment.signal, everyMs: 1000 };
  const outcome = await until(deployment.clock, limit, async () => {
    const read = await readOwnCertificate(site.connection, { signal: deployment.signal, timeoutMs: 30_000 });
    return read.ok ? { done: true, value: read.value } : { done: false, last: faultAt(site, read) };
  });
  if (!outcome.done) return stepFailed(deployment.signal.aborted ? cancelled(site.server.id) : outcome.last);
  deployment.certificates.set(step.id, outcome.value);
  const { fingerprint, text } = outcome.value;
  learn(deployment, step.server, { certificate: fingerprint, certificateText: text });
  return stepDone(`${outcome.value.fingerprint} · until ${outcome.value.notAfter.slice(0, 10)}`);
}
