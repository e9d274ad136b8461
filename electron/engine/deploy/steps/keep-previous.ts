import type { Step } from '../../../../shared/plan/steps/step';
import type { Sha256 } from '../../../../shared/base/names';
import type { Fault } from '../../../../shared/base/result';
import type { ServerConfig } from '../../../../shared/server-config/server-config';
import { replicates } from '../../../../shared/observed/observed-config';
import { uncancelled } from '../../base/time';
import { effect, note } from '../deployment/effect';
import { guardErasures } from '../guards/guard-erasures';
import { restartHealthy } from './restart-healthy';
import { type Deployment, learn, type Site, stepFailed, type StepResult } from '../deployment/deployment';
import { testFile } from '../guards/tested-file';

/**
 * Gives a server that did not come back its previous file, a restart and a health check. Putting an old file back
 * passes the same erase rules as any other change (`design.md`, "Deploying"): one whose restart could erase a database
 * that nobody named stays out.
 * @param file its previous bytes, what they mean (null: not readable), and the file that is there now.
 * @param fault why it did not come back.
 */
export async function keepPrevious(
  deployment: Deployment,
  step: Step & { readonly path: string },
  site: Site,
  file: { readonly old: Uint8Array; readonly config: ServerConfig | null; readonly now: Sha256 },
  fault: Fault,
): Promise<StepResult> {
  const { config } = file;
  const unfit = config === null ? 'it cannot be read' : await whyUnfit(deployment, site, file.old, config);
  if (unfit !== null) return stepFailed({ ...fault, fix: `${fault.fix} ${notPutBack(unfit)}` });
  deployment.say(step.id, `Putting the previous ${step.path} back`);
  const restored = await effect(
    deployment,
    step,
    site,
    { effect: 'write', path: step.path, after: `step-${step.id}.${step.server}.before.toml` },
    () => site.connection.replaceFile(step.path, file.old, { ...uncancelled(60_000), expect: file.now }),
    true,
  );
  if (!restored.ok) return stepFailed(alsoFailed(fault, restored.error));
  learn(deployment, step.server, { sha256: restored.value, text: new TextDecoder().decode(file.old) });
  const replication = replicates({ ...site.observed, config });
  const still = await restartHealthy(deployment, step, site, replication, true);
  if (still !== null) return stepFailed(alsoFailed(fault, still));
  await note(deployment, { kind: 'undone', step: step.id, server: step.server });
  deployment.say(step.id, `${step.server} runs again with its previous file`);
  return stepFailed(
    { ...fault, fix: `${fault.fix} ${step.server} runs again with its previous file.` },
    true,
  );
}

/** Why a file is no better than the one that is there: its restart would erase somebody, or kanidmd refuses it. */
async function whyUnfit(
  deployment: Deployment,
  site: Site,
  old: Uint8Array,
  config: ServerConfig,
): Promise<string | null> {
  const coming = { server: site.server.id, config, domain: null };
  const erases = await guardErasures(deployment, { erases: [] }, coming, uncancelled(30_000));
  if (erases !== null) return erases.message;
  const test = await testFile(deployment, site, old, uncancelled(60_000));
  if (test.result === 'unfit') return test.fault.message;
  return test.result === 'refused' ? 'kanidmd refuses it too.' : null;
}

const notPutBack = (why: string): string =>
  `The previous file was not put back: ${why} Its bytes are kept beside the journal.`;

const alsoFailed = (first: Fault, second: Fault): Fault => ({
  ...first,
  message: `${first.message} Putting the previous file back failed too: ${second.message}`,
  fix: 'The previous bytes are kept beside the journal: run kanilink rollback, or put them in place by hand and start kanidmd.',
});
