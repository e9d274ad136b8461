import type { ConfigureStep } from '../../../shared/plan/plan';
import type { Sha256 } from '../../../shared/names';
import type { Fault } from '../../../shared/result';
import { readServerConfig } from '../../../shared/server-config/read-server-config';
import { pulls } from '../../../shared/server-config/server-config';
import { uncancelled } from '../time';
import { type Deployment, faultAt, serverNow, type Site, stepFailed, type StepResult } from './site';
import { waitHealthy } from './wait-healthy';

/**
 * Gives a server that did not come back its previous file, a restart and a health check. Putting an old file back
 * passes the same erase rules as any other change (`design.md`, "Deploying"): one that is armed with
 * `automatic_refresh` stays out, because its restart could erase a database that nobody named.
 * @param fault why it did not come back.
 */
export async function putBack(
  deployment: Deployment,
  step: ConfigureStep,
  site: Site,
  file: { readonly old: Uint8Array; readonly now: Sha256 },
  fault: Fault,
): Promise<StepResult> {
  const old = readServerConfig(file.old, { server: step.server, file: step.path });
  const armed =
    !old.ok || (old.value.replication?.partners ?? []).some((it) => it.automaticRefresh && pulls(it.type));
  if (armed) return stepFailed({ ...fault, fix: `${fault.fix} ${notPutBack}` });
  deployment.say(step.id, `Putting the previous ${step.path} back`);
  await deployment.journal.write('note', step.id, { undo: 'replacing the file by its old bytes' });
  const restored = await site.connection.replaceFile(step.path, file.old, {
    ...uncancelled(60_000),
    expect: file.now,
  });
  if (!restored.ok) return stepFailed(alsoFailed(fault, faultAt(site, restored)));
  const since = serverNow(site, deployment.clock);
  const restarted = await site.connection.service.restart(uncancelled(120_000));
  if (!restarted.ok) return stepFailed(alsoFailed(fault, faultAt(site, restarted)));
  const replication = old.value.replication !== null;
  const still = await waitHealthy(deployment, site, since, replication);
  if (still !== null) return stepFailed(alsoFailed(fault, still));
  await deployment.journal.write('undone', step.id, { server: step.server });
  deployment.say(step.id, `${step.server} runs again with its previous file`);
  return stepFailed(
    { ...fault, fix: `${fault.fix} ${step.server} runs again with its previous file.` },
    true,
  );
}

const notPutBack =
  'The previous file has automatic_refresh on, so it was not put back: its restart could erase this server. Its bytes are kept beside the journal.';

const alsoFailed = (first: Fault, second: Fault): Fault => ({
  ...first,
  message: `${first.message} Putting the previous file back failed too: ${second.message}`,
  fix: 'The previous bytes are kept beside the journal: put them in place by hand and start kanidmd.',
});
