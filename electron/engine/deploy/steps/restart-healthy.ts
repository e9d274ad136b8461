import type { Step } from '../../../../shared/plan/steps/step';
import type { Fault } from '../../../../shared/base/result';
import { uncancelled } from '../../base/time';
import { type Asked, restartService, startStopped } from './service-effects';
import { type Deployment, serverNow, type Site } from '../deployment/deployment';
import { leftDown } from '../deployment/went-away';
import { waitHealthy } from '../guards/wait-healthy';
import { domainOf, mayTake } from '../guards/whose-data';

/**
 * Restarts a server and waits until it is healthy. The next step must not touch another one before that. One whose
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
  doing: keyof typeof verbs,
  ask: (before: () => void) => Promise<Asked>,
): Promise<Fault | null> {
  let since = 0;
  const { asked, outcome } = await ask(() => {
    deployment.say(step.id, `${doing} ${site.server.id}`);
    since = serverNow(site, deployment.clock);
    deployment.restarted.set(site.server.id, since);
  });
  const taking = mayTake(deployment, step, site);
  if (asked && domainOf(deployment, site) === null) deployment.say(step.id, notCompared(site.server.id));
  if (outcome.ok) return waitHealthy(deployment, site, since, replication, taking);
  if (!asked) return outcome.error;
  // A lost answer does not mean that nothing happened: the server itself tells whether it came back.
  const state = await site.connection.service.state(uncancelled(30_000));
  if (!state.ok || state.value.state !== 'running')
    return leftDown(site, outcome.error, `was asked to ${verbs[doing]} and does not run as far as is known`);
  const unhealthy = await waitHealthy(deployment, site, since, replication, taking);
  return unhealthy === null ? null : outcome.error;
}

const verbs = { Restarting: 'restart', Starting: 'start' } as const;

const notCompared = (server: string): string =>
  `Which domain ${server} was in before is not known, so it is not known either whether it holds the same database.`;
