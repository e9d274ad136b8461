import type { Fleet } from '../../../shared/fleet/model/fleet';
import type { PullHealth } from '../../../shared/kanidmd/health';
import type { ObservedServer } from '../../../shared/observed/observed';
import { ownersOf } from '../../../shared/fleet/model/owners';
import { pulls } from '../../../shared/server-config/server-config';

/** Why a pull cannot work yet; null: its table is there, or the consumer's file could not be read. */
export type WhyUndeployed = (pull: Pick<PullHealth, 'consumer' | 'supplier'>) => string | null;

/**
 * Finds pulls that are drawn and whose consumer's file, which was read, has no table for the supplier: no round can
 * come, and waiting for one is in vain.
 */
export function undeployedPulls(fleet: Fleet, observed: readonly ObservedServer[]): WhyUndeployed {
  const ownerOf = ownersOf(fleet, observed);
  const configs = new Map<string, ObservedServer['config']>(observed.map(({ id, config }) => [id, config]));
  return ({ consumer, supplier }) => {
    const config = configs.get(consumer) ?? null;
    if (config === null) return null;
    if (config.replication === null) return `not deployed yet: ${consumer}’s file has no [replication]`;
    const tables = config.replication.partners.filter(({ type }) => pulls(type));
    if (tables.some((table) => ownerOf(table) === supplier)) return null;
    return `not deployed yet: ${consumer}’s file has no table for ${supplier}`;
  };
}

/**
 * A pull of running servers for which the log proves nothing, told as not deployed where it is not. What the log does
 * prove (trouble, rounds of a table that goes with the next restart) stays as it was judged.
 */
export function tellUndeployed(pull: PullHealth, why: WhyUndeployed): PullHealth {
  const cause = pull.health === 'waiting' || pull.health === 'unknown' ? why(pull) : null;
  return cause === null
    ? pull
    : { ...pull, health: 'unknown', cause, fix: 'Deploy it.', remedy: { kind: 'deploy' } };
}
