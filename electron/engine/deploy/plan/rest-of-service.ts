import { isOfService } from '../../../../shared/plan/model/job';
import { makeServicePlan } from '../../../../shared/plan/make/service-plan';
import type { ObservedServer } from '../../../../shared/observed/observed';
import type { Plan } from '../../../../shared/plan/model/plan';
import type { Clock } from '../../base/time';
import type { ObservedFleet } from '../../fleet/observe-fleet';
import { isYounger } from '../journal/chain';
import type { DeployRecord } from '../journal/read-journal';
import { ranLast } from './ran-last';

/**
 * What an interrupted start or restart did not get to. Resuming it finishes that and nothing else: what the fleet file says
 * besides was not asked for.
 * @param chain the deploy and its resumes, oldest first.
 * @returns null when it was another job, or its server is not in the fleet any more.
 */
export async function restOfService(
  fleet: ObservedFleet,
  chain: readonly DeployRecord[],
  clock: Clock,
): Promise<Plan | null> {
  const [first] = chain;
  if (first === undefined || !isOfService(first.header.purpose)) return null;
  // Others may be restarted before the one that was asked for.
  const step = first.header.steps.findLast(({ action }) => action === 'start' || action === 'restart');
  const seen = fleet.observed.find(({ id }) => id === step?.server);
  if (seen === undefined) return null;
  const isDone = seen.state === 'running' && (step?.action === 'start' || isRestarted(chain, seen));
  const kind = isDone ? 'prove' : first.header.purpose;
  const last = await ranLast(fleet.sites.get(seen.id), clock);
  return makeServicePlan(fleet.fleet, fleet.observed, { kind, server: seen.id, ...last });
}

/** Its journal says so, or it runs as another process than when that was asked of it; where neither tells, it is not. */
function isRestarted(chain: readonly DeployRecord[], seen: ObservedServer): boolean {
  const entries = chain.flatMap((it) => it.entries).filter((it) => 'server' in it && it.server === seen.id);
  if (entries.some((entry) => entry.kind === 'effect' && entry.well === true)) return true;
  const asked = entries.findLast((entry) => entry.kind === 'intent');
  return asked !== undefined && isYounger(asked, seen);
}
