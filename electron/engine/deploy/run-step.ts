import type { CertificateStep, PutBackStep, RestartStep, Step } from '../../../shared/plan/plan';
import { assertNever } from '../../../shared/result';
import { readServerConfig } from '../../../shared/server-config/read-server-config';
import { LARGEST_CONFIG, readOwnCertificate } from '../probe/probe-server';
import { until } from '../time';
import { backup } from './backup';
import { compare } from './compare';
import { configure } from './configure';
import { fileChanged, whyDrifted } from './drift';
import { whyErases } from './guard-erasures';
import { whyNoRound } from './partners-round';
import { refresh } from './refresh';
import { renewCertificate } from './renew-certificate';
import { restartHealthy } from './restart-healthy';
import { type Deployment, faultAt, learn, siteOf, stepDone, stepFailed, type StepResult } from './site';
import { verify } from './verify';
import { cancelled, writeConfig } from './write-config';

/** Carries one step out. */
export function runStep(deployment: Deployment, step: Step): Promise<StepResult> {
  switch (step.action) {
    case 'configure':
      return configure(deployment, step);
    case 'restart':
      return restart(deployment, step);
    case 'read-certificate':
      return readCertificate(deployment, step);
    case 'renew-certificate':
      return renewCertificate(deployment, step);
    case 'backup':
      return backup(deployment, step);
    case 'refresh':
      return refresh(deployment, step);
    case 'verify':
      return verify(deployment, step);
    case 'put-back':
      return putBack(deployment, step);
    case 'compare':
      return compare(deployment, step);
    default:
      return assertNever(step);
  }
}

/** Starts a process anew with the file that is there. */
async function restart(deployment: Deployment, step: RestartStep): Promise<StepResult> {
  const site = siteOf(deployment, step.server);
  const call = { signal: deployment.signal, timeoutMs: 60_000 };
  const drift = await whyDrifted(deployment, site, call);
  if (drift !== null) return stepFailed(drift);
  const erases = await whyErases(deployment, step, { server: step.server, config: null, domain: null }, call);
  if (erases !== null) return stepFailed(erases);
  if (deployment.signal.aborted) return stepFailed(cancelled(site));
  const replication = (site.observed.config?.replication ?? null) !== null;
  const fault = await restartHealthy(deployment, step, site, replication, false);
  const silent = fault ?? (await whyNoRound(deployment, step, site, null));
  return silent === null ? stepDone() : stepFailed(silent);
}

/** An earlier file, whole; it replaces the very file that was reviewed. */
async function putBack(deployment: Deployment, step: PutBackStep): Promise<StepResult> {
  const site = siteOf(deployment, step.server);
  const where = { server: step.server, file: step.path };
  const call = { signal: deployment.signal, timeoutMs: 60_000 };
  const old = await site.connection.readFile(step.path, { ...call, maxBytes: LARGEST_CONFIG });
  if (!old.ok) return stepFailed(faultAt(site, old));
  if (old.value.sha256 !== step.from.sha256) {
    const drift = await whyDrifted(deployment, site, call);
    return stepFailed(drift ?? { ...fileChanged, where });
  }
  const bytes = new TextEncoder().encode(step.text);
  const config = readServerConfig(bytes, where);
  if (!config.ok) return stepFailed(faultAt(site, config));
  return writeConfig(deployment, step, { old: old.value, bytes, config: config.value });
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
  const { fingerprint, text } = outcome.value;
  learn(deployment, step.server, { certificate: fingerprint, certificateText: text });
  return stepDone(`${outcome.value.fingerprint} · until ${outcome.value.notAfter.slice(0, 10)}`);
}
