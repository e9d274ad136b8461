import type { Step } from '../../../shared/plan/plan';
import type { Fault } from '../../../shared/result';
import { uncancelled } from '../time';
import { effect } from './effect';
import { type Deployment, faultAt, serverNow, type Site } from './site';
import { waitHealthy } from './wait-healthy';

/** A stop that hangs because a partner's name does not resolve ends by systemd's kill: 40 s measured, 90 s systemd's default. */
const RESTART_LIMIT = 150_000;
/** A restart beyond this is told to be one of those. */
const SLOW = 8_000;

/**
 * Restarts a server and waits until it is healthy; the next step must not touch another one before that.
 * @param begun its file was replaced already: see `effect`.
 * @returns null when it is healthy, else why not.
 */
export async function restartHealthy(
  deployment: Deployment,
  step: Step,
  site: Site,
  replication: boolean,
  begun: boolean,
): Promise<Fault | null> {
  deployment.say(step.id, `Restarting ${site.server.id}`);
  const since = serverNow(site, deployment.clock);
  deployment.restarted.set(site.server.id, since);
  const slow = setTimeout(() => deployment.say(step.id, hangs), SLOW);
  try {
    const restarted = await effect(
      deployment,
      step,
      site,
      { effect: 'restart' },
      () => site.connection.service.restart(uncancelled(RESTART_LIMIT)),
      begun,
    );
    if (restarted.ok) return await waitHealthy(deployment, site, since, replication);
    if (restarted.error.code === 'lock-lost') return restarted.error;
    // A lost answer does not mean that nothing happened: the server itself tells whether it came back.
    const state = await site.connection.service.state(uncancelled(30_000));
    if (!state.ok || state.value.state !== 'running') return faultAt(site, restarted);
    const unhealthy = await waitHealthy(deployment, site, since, replication);
    return unhealthy === null ? null : restarted.error;
  } finally {
    clearTimeout(slow);
  }
}

const hangs =
  'Still stopping: a kanidmd one of whose partners’ names does not resolve ignores a stop until it is killed, which takes 40 s and more.';
