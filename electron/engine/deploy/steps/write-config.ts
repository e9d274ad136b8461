import { replicates } from '../../../../shared/observed/observed-config';
import type { Sha256 } from '../../../../shared/base/names';
import type { ConfigureStep } from '../../../../shared/plan/steps/configure';
import type { PutBackStep } from '../../../../shared/plan/steps/put-back';
import type { Fault } from '../../../../shared/base/result';
import { readServerConfig } from '../../../../shared/server-config/read-server-config';
import type { ServerConfig } from '../../../../shared/server-config/server-config';
import { uncancelled } from '../../base/time';
import { guardDrift } from '../guards/drift';
import { cancelled } from '../deployment/cancelled';
import { LOCK_LOST } from '../../connect/common/lock-owner';
import { effect } from '../deployment/effect';
import { guardErasures } from '../guards/guard-erasures';
import { keepPrevious } from './keep-previous';
import { guardPartnersRound } from '../guards/partners-round';
import { restartHealthy } from './restart-healthy';
import { testFile } from '../guards/tested-file';
import {
  type Deployment,
  learn,
  type Site,
  siteOf,
  stepDone,
  stepFailed,
  type StepResult,
} from '../deployment/deployment';

/** A server.toml to be put in place of another. */
export interface NewFile {
  readonly old: { readonly bytes: Uint8Array; readonly sha256: Sha256 };
  readonly bytes: Uint8Array;
  readonly config: ServerConfig;
}

/**
 * Puts a file in place and restarts its server: look for drift and test a copy side by side, keep both files, ask the
 * erase rules, replace, restart, wait until healthy. Until the replacement nothing has changed. From then on the step is
 * finished or undone, whatever is cancelled.
 * @param unfit what else must hold right before, looked at beside the rest; null: it does.
 */
export async function writeConfig(
  deployment: Deployment,
  step: ConfigureStep | PutBackStep,
  file: NewFile,
  unfit: () => Promise<Fault | null> = () => Promise.resolve(null),
): Promise<StepResult> {
  const site = siteOf(deployment, step.server);
  const call = { signal: deployment.signal, timeoutMs: 60_000 };
  deployment.say(step.id, 'Testing a copy of the new file with the server’s own kanidmd');
  const before = `step-${step.id}.${step.server}.before.toml`;
  const after = `step-${step.id}.${step.server}.after.toml`;
  const [drift, stale, test, kept] = await Promise.all([
    guardDrift(deployment, site, call),
    unfit(),
    testFile(deployment, site, file.bytes, call),
    keep(deployment, [
      [before, file.old.bytes],
      [after, file.bytes],
    ]),
  ]);
  if (drift !== null) return stepFailed(drift);
  if (stale !== null) return stepFailed(stale);
  if (test.result === 'untested') return stepFailed(test.fault);
  if (test.result === 'unfit') return stepFailed(test.fault);
  if (test.result === 'refused') return stepFailed(refused(site, step.path, test.detail));
  if (kept !== null) return stepFailed(kept);
  const erases = await guardErasures(
    deployment,
    step,
    { server: step.server, config: file.config, domain: null },
    call,
  );
  if (erases !== null) return stepFailed(erases);
  if (deployment.signal.aborted) return stepFailed(cancelled(site.server.id));

  deployment.say(step.id, `Replacing ${step.path}; the old file is kept beside the journal`);
  const intent = { effect: 'write' as const, path: step.path, before, after };
  const written = await effect(deployment, step, site, intent, () =>
    site.connection.replaceFile(step.path, file.bytes, {
      ...uncancelled(60_000),
      expect: file.old.sha256,
    }),
  );
  if (!written.ok) return stepFailed(written.error);
  deployment.written.set(step.id, written.value);
  learn(deployment, step.server, {
    sha256: written.value,
    text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(file.bytes),
  });
  const replication = replicates({ ...site.observed, config: file.config });
  const fault = await restartHealthy(deployment, step, site, replication, true);
  if (fault === null) {
    const silent = await guardPartnersRound(deployment, step, site, file.config);
    return silent === null ? stepDone() : stepFailed(silent);
  }
  // The one who took the lock over may be writing too: the file is whole, and what to do is theirs to say.
  if (fault.code === LOCK_LOST) return stepFailed(fault);
  deployment.say(step.id, `${step.server} did not come back: ${fault.message}`);
  const old = readServerConfig(file.old.bytes, { server: step.server, file: step.path });
  return keepPrevious(
    deployment,
    step,
    site,
    { old: file.old.bytes, config: old.ok ? old.value : null, now: written.value },
    fault,
  );
}

/** On the disk before anything is changed; a journal that cannot keep them stops the deploy. */
async function keep(
  deployment: Deployment,
  files: readonly (readonly [string, Uint8Array])[],
): Promise<Fault | null> {
  try {
    for (const [name, bytes] of files) await deployment.journal.keep(name, bytes);
    return null;
  } catch (error) {
    return {
      code: 'journal-unwritable',
      message: `The old file cannot be kept beside the journal: ${error instanceof Error ? error.message : String(error)}`,
      fix: 'Make room on this machine; nothing was written on the server.',
      where: { file: deployment.journal.folder },
    };
  }
}

const refused = (site: Site, path: string, output: string): Fault => ({
  code: 'config-refused',
  message: 'kanidmd refuses the new server.toml; the old one stays, nothing was restarted.',
  fix: 'See what it printed below; plan again when it is fixed.',
  detail: output,
  where: { server: site.server.id, file: path },
});
