import type { Step } from '../../../shared/plan/plan';
import type { Sha256 } from '../../../shared/names';
import type { Fault } from '../../../shared/result';
import type { ServerConfig } from '../../../shared/server-config/server-config';
import { uncancelled } from '../time';
import { effect, note } from './effect';
import { whyErases } from './guard-erasures';
import { restartHealthy } from './restart-healthy';
import { type Deployment, learn, type Site, stepFailed, type StepResult } from './site';

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
  const call = uncancelled(30_000);
  const unfit =
    config === null
      ? 'it cannot be read'
      : ((await whyErases(deployment, { erases: [] }, { server: step.server, config, domain: null }, call))
          ?.message ?? null);
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
  const still = await restartHealthy(deployment, step, site, (config?.replication ?? null) !== null, true);
  if (still !== null) return stepFailed(alsoFailed(fault, still));
  await note(deployment, { kind: 'undone', step: step.id, server: step.server });
  deployment.say(step.id, `${step.server} runs again with its previous file`);
  return stepFailed(
    { ...fault, fix: `${fault.fix} ${step.server} runs again with its previous file.` },
    true,
  );
}

const notPutBack = (why: string): string =>
  `The previous file was not put back: ${why} Its bytes are kept beside the journal.`;

const alsoFailed = (first: Fault, second: Fault): Fault => ({
  ...first,
  message: `${first.message} Putting the previous file back failed too: ${second.message}`,
  fix: 'The previous bytes are kept beside the journal: run kanilink rollback, or put them in place by hand and start kanidmd.',
});
