import { firstWith } from '../../../../shared/versions/versions';
import { readRenew, socketTaken } from '../../../../shared/kanidmd/read-output';
import type { Certificate } from '../../../../shared/certificates/certificate';
import type { RenewStep } from '../../../../shared/plan/steps/renew-certificate';
import type { Fault } from '../../../../shared/base/result';
import { readOwnCertificate } from '../../fleet/probe/probe-server';
import { uncancelled, until } from '../../base/time';
import { guardDrift } from '../guards/drift';
import { cancelled } from '../deployment/cancelled';
import { effect } from '../deployment/effect';
import { guardPartnerNames } from '../guards/partner-names';
import {
  type Deployment,
  faultAt,
  learn,
  type Site,
  siteOf,
  stepDone,
  stepFailed,
  type StepResult,
} from '../deployment/deployment';

/** Up to 1.11.0 a renewal shows its certificate only after some 75 s (`kanidm.md`, "renew-replication-certificate"). Milliseconds. */
const LIMIT = 120_000;

/**
 * Renews a server's replication certificate and waits until it shows another one than before. What the command answers
 * decides nothing: up to 1.11.0 it says "Error" and has worked (`kanidm.md`, "renew-replication-certificate"). The new certificate is kept for
 * the steps that pin it.
 */
export async function renewCertificate(deployment: Deployment, step: RenewStep): Promise<StepResult> {
  const site = siteOf(deployment, step.server);
  const call = { signal: deployment.signal, timeoutMs: 30_000 };
  const drift = await guardDrift(deployment, site, call);
  if (drift !== null) return stepFailed(drift);
  const before = await readOwnCertificate(site.connection, call);
  if (!before.ok) return stepFailed(faultAt(site, before));
  if (before.value.text !== step.old) return stepFailed(changedMeanwhile(site, before.value));
  const unproved = await guardPartnerNames(deployment, site);
  // What a wait that was cancelled did not see says nothing.
  if (deployment.signal.aborted)
    return stepFailed(cancelled(site.server.id, 'anything was renewed.', 'Renew again when you are ready.'));
  if (unproved !== null) return stepFailed(unproved);

  deployment.say(step.id, `Renewing the certificate of ${step.server}`);
  let begun = false as boolean;
  const output = await effect(deployment, step, site, { effect: 'renew' }, () => {
    begun = true;
    return site.connection.kanidmd(['renew-replication-certificate'], uncancelled(60_000));
  });
  if (!output.ok && !begun) return stepFailed(output.error);
  // Only an admin socket that could not be reached proves that nothing was asked for.
  if (output.ok && socketTaken(output.value)) return stepFailed(notAsked(site));
  if (!output.ok || readRenew(output.value) !== 'shown')
    deployment.say(
      step.id,
      `kanidmd did not answer with a certificate; before ${firstWith('quick-renewal')} it says "Error" though it works. Waiting for the new one, up to two minutes`,
    );
  const renewed = await newCertificate(deployment, site, before.value);
  if ('fault' in renewed) return stepFailed(renewed.fault);
  deployment.certificates.set(step.id, renewed.certificate);
  const { fingerprint, notAfter, text } = renewed.certificate;
  learn(deployment, step.server, { certificate: fingerprint, certificateText: text });
  return stepDone(`${fingerprint} · until ${notAfter.slice(0, 10)}; before: ${before.value.fingerprint}`);
}

/** Not cancelled: a renewal that has begun ends by itself, and its partners need the new certificate. */
async function newCertificate(
  deployment: Deployment,
  site: Site,
  old: Certificate,
): Promise<{ readonly certificate: Certificate } | { readonly fault: Fault }> {
  const limit = { timeoutMs: LIMIT, signal: new AbortController().signal, everyMs: 1000 };
  const outcome = await until<Certificate, string>(deployment.clock, limit, async () => {
    const now = await readOwnCertificate(site.connection, uncancelled(30_000));
    if (!now.ok) return { done: false, last: `it shows none: ${now.error.message}` };
    return now.value.text === old.text
      ? { done: false, last: 'it still shows the old one' }
      : { done: true, value: now.value };
  });
  return outcome.done ? { certificate: outcome.value } : { fault: unproved(site, outcome.last) };
}

const changedMeanwhile = (site: Site, now: Certificate): Fault => ({
  code: 'certificate-changed',
  message: `${site.server.id} shows another certificate than the plan was made from; nothing was renewed.`,
  fix: 'Plan again: a deploy pins the certificate it shows now.',
  detail: `it shows ${now.fingerprint}`,
  where: { server: site.server.id },
});

const notAsked = (site: Site): Fault => ({
  code: 'admin-socket',
  message: `kanidmd on ${site.server.id} does not answer on its admin socket, so nothing was renewed.`,
  fix: 'Make sure that kanidmd runs; a plain configtest beside it takes the socket until a restart.',
  where: { server: site.server.id },
});

const unproved = (site: Site, last: string): Fault => ({
  code: 'renewal-not-proved',
  message: `${site.server.id} was asked for a new certificate, but after two minutes ${last}. The renewal may still come.`,
  fix: `Look with kanilink certificates; once it shows a new one, kanilink apply pins it on its partners.`,
  where: { server: site.server.id },
});
