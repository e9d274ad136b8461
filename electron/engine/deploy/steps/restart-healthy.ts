import type { Step } from '../../../../shared/plan/steps/step';
import type { Fault } from '../../../../shared/base/result';
import { uncancelled } from '../../base/time';
import { type Asked, restartService, startStopped } from './service-effects';
import { type Deployment, faultAt, serverNow, type Site } from '../deployment/deployment';
import { waitHealthy } from '../guards/wait-healthy';

/**
 * Restarts a server and waits until it is healthy; the next step must not touch another one before that. One whose
 * kanidmd refuses the file that lies there is not restarted.
 * @param begun its file was replaced already: see `effect`.
 * @returns null when it is healthy, else why not.
 */
export const restartHealthy = (
  deployment: Deployment,
  step: Step,
  site: Site,
  replication: boolean,
  begun: boolean,
): Promise<Fault | null> =>
  comeUp(deployment, step, site, replication, 'Restarting', (before) =>
    restartService(deployment, step, site, begun, before),
  );

/** The same of a server that does not run. */
export const startHealthy = (
  deployment: Deployment,
  step: Step,
  site: Site,
  replication: boolean,
): Promise<Fault | null> =>
  comeUp(deployment, step, site, replication, 'Starting', (before) =>
    startStopped(deployment, step, site, before),
  );

async function comeUp(
  deployment: Deployment,
  step: Step,
  site: Site,
  replication: boolean,
  doing: string,
  ask: (before: () => void) => Promise<Asked>,
): Promise<Fault | null> {
  let since = 0;
  const { asked, outcome } = await ask(() => {
    deployment.say(step.id, `${doing} ${site.server.id}`);
    since = serverNow(site, deployment.clock);
    deployment.restarted.set(site.server.id, since);
  });
  if (outcome.ok) return waitHealthy(deployment, site, since, replication);
  if (!asked) return outcome.error;
  // A lost answer does not mean that nothing happened: the server itself tells whether it came back.
  const state = await site.connection.service.state(uncancelled(30_000));
  if (!state.ok || state.value.state !== 'running') return faultAt(site, outcome);
  const unhealthy = await waitHealthy(deployment, site, since, replication);
  return unhealthy === null ? null : outcome.error;
}
