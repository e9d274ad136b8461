import type { Certificate } from '../../../../shared/certificates/certificate';
import type { ServerId } from '../../../../shared/base/names';
import type { ConfigureStep, PlannedChange } from '../../../../shared/plan/steps/configure';
import type { Fault, Result } from '../../../../shared/base/result';
import { fail, ok } from '../../../../shared/base/result';
import { editServerConfig } from '../../../../shared/server-config/edit-server-config';
import { readServerConfig } from '../../../../shared/server-config/read-server-config';
import { type ConfigChange, pulls, type ServerConfig } from '../../../../shared/server-config/server-config';
import type { Call } from '../../base/call';
import { LARGEST_CONFIG } from '../../connect/common/files';
import { readOwnCertificate } from '../../fleet/probe/probe-server';
import { fileChanged, guardDrift } from '../guards/drift';
import { type Deployment, faultAt, siteOf, stepFailed, type StepResult } from '../deployment/deployment';
import { writeConfig } from './write-config';

/** Carries the planned changes out on a server.toml: the bytes that are there, edited, every pin filled in. */
export async function configure(deployment: Deployment, step: ConfigureStep): Promise<StepResult> {
  const site = siteOf(deployment, step.server);
  const call = { signal: deployment.signal, timeoutMs: 60_000 };
  const old = await site.connection.readFile(step.path, { ...call, maxBytes: LARGEST_CONFIG });
  if (!old.ok) return stepFailed(faultAt(site, old));
  const expected = 'sha256' in step.from ? step.from.sha256 : deployment.written.get(step.from.after);
  if (old.value.sha256 !== expected) {
    const drift = await guardDrift(deployment, site, call);
    return stepFailed(drift ?? { ...fileChanged, where: { server: step.server, file: step.path } });
  }
  const edited = editFor(deployment, step, old.value.bytes);
  if (!edited.ok) return stepFailed(faultAt(site, edited));
  const fresh = (): Promise<Fault | null> => guardPins(deployment, step, call);
  return writeConfig(deployment, step, { old: old.value, ...edited.value }, fresh);
}

/** A certificate this step pins must be the one its server shows now. One that shows none now, being down, is not judged. */
async function guardPins(deployment: Deployment, step: ConfigureStep, call: Call): Promise<Fault | null> {
  const pinned = step.changes.flatMap((change) => {
    if (change.kind !== 'pin-partner') return [];
    const certificate = certificateOf(deployment, change);
    const site = deployment.sites.get(change.of);
    return certificate && site ? [{ certificate, site }] : [];
  });
  const faults = await Promise.all(
    pinned.map(async ({ certificate, site }) => {
      const live = await readOwnCertificate(site.connection, call);
      if (!live.ok || live.value.fingerprint === certificate.fingerprint) return null;
      return pinStale(site.server.id, certificate.fingerprint, live.value.fingerprint);
    }),
  );
  return faults.find((fault) => fault !== null) ?? null;
}

/** The step's changes with every pin filled in, applied to the bytes that are there, and what the result means. */
function editFor(
  deployment: Deployment,
  step: ConfigureStep,
  bytes: Uint8Array,
): Result<{ readonly bytes: Uint8Array; readonly config: ServerConfig }> {
  const where = { server: step.server, file: step.path };
  const changes: ConfigChange[] = [];
  for (const change of step.changes) {
    const filled = fillIn(deployment, change);
    if (filled === null) return fail({ ...missingCertificate, where });
    changes.push(filled);
  }
  const edited = editServerConfig(bytes, changes, where);
  if (!edited.ok) return edited;
  const config = readServerConfig(edited.value, where);
  if (!config.ok) return config;
  const from = config.value.replication?.partners.filter((it) => pulls(it.type)).map((it) => it.origin) ?? [];
  // What decides whose data a server may take is checked on the very bytes that are written.
  if (from.length !== step.pullsFrom.length || from.some((origin) => !step.pullsFrom.includes(origin)))
    return fail({ ...otherSuppliers, where });
  return ok({ bytes: edited.value, config: config.value });
}

function fillIn(deployment: Deployment, change: PlannedChange): ConfigChange | null {
  if (change.kind !== 'pin-partner') return change;
  const certificate = certificateOf(deployment, change);
  if (!certificate) return null;
  return { kind: 'set-partner', partner: { ...change.partner, certificate: certificate.text } };
}

const certificateOf = (
  deployment: Deployment,
  { certificate }: Extract<PlannedChange, { kind: 'pin-partner' }>,
): Certificate | undefined =>
  'known' in certificate ? certificate.known : deployment.certificates.get(certificate.after);

const missingCertificate = {
  code: 'certificate-missing',
  message: 'A certificate this step pins was not read by the step before it.',
  fix: 'Plan again.',
};

const otherSuppliers = {
  code: 'suppliers-differ',
  message: 'The edited file would pull from other suppliers than the plan shows.',
  fix: 'Plan again; nothing was written.',
};

const pinStale = (server: ServerId, planned: string, now: string): Fault => ({
  code: 'certificate-changed',
  message: `${server} shows another replication certificate than the one this step would pin.`,
  fix: 'Plan again; nothing was written by this step.',
  detail: `certificate then ${planned}\ncertificate now  ${now}`,
  where: { server },
});
