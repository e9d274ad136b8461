import type { ConfigureStep, PlannedChange } from '../../../shared/plan/plan';
import type { Fault, Result } from '../../../shared/result';
import { fail, ok } from '../../../shared/result';
import { editServerConfig } from '../../../shared/server-config/edit-server-config';
import { readServerConfig } from '../../../shared/server-config/read-server-config';
import { type ConfigChange, pulls, type ServerConfig } from '../../../shared/server-config/server-config';
import { LARGEST_CONFIG, readVersionOnDisk } from '../probe/probe-server';
import { uncancelled } from '../time';
import {
  type Deployment,
  faultAt,
  serverNow,
  type Site,
  siteOf,
  stepDone,
  stepFailed,
  type StepResult,
} from './site';
import { putBack } from './put-back';
import { waitHealthy } from './wait-healthy';

/**
 * Writes a server.toml and restarts its server: test a copy, keep the old bytes, replace, restart, wait until healthy.
 * Until the replacement nothing has changed; from then on the step is finished or undone, whatever is cancelled.
 */
export async function configure(deployment: Deployment, step: ConfigureStep): Promise<StepResult> {
  const site = siteOf(deployment, step.server);
  const call = { signal: deployment.signal, timeoutMs: 60_000 };
  const old = await site.connection.readFile(step.path, { ...call, maxBytes: LARGEST_CONFIG });
  if (!old.ok) return stepFailed(faultAt(site, old));
  const expected = 'sha256' in step.from ? step.from.sha256 : deployment.written.get(step.from.after);
  if (old.value.sha256 !== expected) return stepFailed(fileChanged(site, step.path));
  const edited = editFor(deployment, step, old.value.bytes);
  if (!edited.ok) return stepFailed(faultAt(site, edited));
  const { bytes, config } = edited.value;

  const version = await readVersionOnDisk(site.connection, call);
  if (!version.ok) return stepFailed(faultAt(site, version));
  if (version.value !== site.observed.versionOnDisk) return stepFailed(upgraded(site, version.value));

  deployment.say(step.id, 'Testing a copy of the new file with the server’s own kanidmd');
  const test = await site.connection.testConfig(bytes, call);
  if (!test.ok) return stepFailed(faultAt(site, test));
  if (!test.value.accepted) return stepFailed(refused(site, step.path, test.value.output));
  if (deployment.signal.aborted) return stepFailed(cancelled(site));

  const kept = await deployment.journal.keep(`step-${step.id}.${step.server}.server.toml`, old.value.bytes);
  await deployment.journal.write('intent', step.id, {
    action: 'configure',
    server: step.server,
    path: step.path,
    oldSha256: old.value.sha256,
    oldBytes: kept,
  });
  deployment.say(step.id, `Replacing ${step.path}; the old file is kept at ${kept}`);
  const written = await site.connection.replaceFile(step.path, bytes, {
    ...uncancelled(60_000),
    expect: old.value.sha256,
  });
  if (!written.ok) return stepFailed(faultAt(site, written));
  deployment.written.set(step.id, written.value);

  deployment.say(step.id, `Restarting ${step.server}`);
  const since = serverNow(site, deployment.clock);
  deployment.restarted.set(step.server, since);
  const restarted = await site.connection.service.restart(uncancelled(120_000));
  const fault = restarted.ok
    ? await waitHealthy(deployment, site, since, config.replication !== null)
    : faultAt(site, restarted);
  if (fault === null) return stepDone();
  deployment.say(step.id, `${step.server} did not come back: ${fault.message}`);
  return putBack(deployment, step, site, { old: old.value.bytes, now: written.value }, fault);
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
  const certificate =
    'known' in change.certificate
      ? change.certificate.known
      : deployment.certificates.get(change.certificate.after);
  if (!certificate) return null;
  return { kind: 'set-partner', partner: { ...change.partner, certificate: certificate.text } };
}

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

const fileChanged = (site: Site, path: string): Fault => ({
  code: 'file-changed',
  message: 'server.toml is not the file the plan was made from; someone changed it since.',
  fix: 'Plan again and review; nothing was written.',
  where: { server: site.server.id, file: path },
});

const upgraded = (site: Site, version: string): Fault => ({
  code: 'version-changed',
  message: `kanidmd on disk is now ${version}, it was ${site.observed.versionOnDisk ?? 'unknown'}: a restart would be an upgrade.`,
  fix: 'Restart it yourself as an upgrade, then plan again; nothing was written.',
  where: { server: site.server.id },
});

const refused = (site: Site, path: string, output: string): Fault => ({
  code: 'config-refused',
  message: 'kanidmd refuses the new server.toml; the old one stays, nothing was restarted.',
  fix: 'Read its words below; plan again when it is mended.',
  detail: output,
  where: { server: site.server.id, file: path },
});

const cancelled = (site: Site): Fault => ({
  code: 'cancelled',
  message: 'Cancelled before anything was written.',
  fix: 'Deploy again when you are ready.',
  where: { server: site.server.id },
});
