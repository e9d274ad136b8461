import type { Comparison } from '../../../shared/compare/comparison';
import { whyUnreached } from '../base/why-unreached';
import type { ServerId } from '../../../shared/base/names';
import type { Call } from '../base/call';
import type { ObservedFleet } from '../fleet/observe-fleet';
import type { Clock } from '../base/time';
import { comparePair } from './compare-pair';
import { deleteOrphanedBackups } from './orphaned-backups';
import { keepComparison } from './kept-comparisons';
import { pairPulls } from './pair-pulls';
import { notCompared } from './comparison-of';

/**
 * Compares every two servers that a link joins, one pair after the other, and keeps what was found. Who is joined by
 * others only is compared by way of them.
 */
export async function compareFleet(
  fleet: ObservedFleet,
  engine: { readonly clock: Clock; readonly configDir: string; readonly say: (text: string) => void },
  call: Call,
): Promise<readonly Comparison[]> {
  const { clock, configDir, say } = engine;
  for (const { message } of await deleteOrphanedBackups(configDir, fleet.sites, say)) say(message);
  const made: Comparison[] = [];
  for (const [a, b] of linkedPairs(fleet)) {
    const [mine, theirs] = [fleet.sites.get(a), fleet.sites.get(b)];
    if (!mine || !theirs) {
      const away = mine ? b : a;
      const faults = fleet.observed.find(({ id }) => id === away)?.faults ?? [];
      made.push(notCompared([a, b], clock.now(), whyUnreached(away, faults)));
      continue;
    }
    const context = { clock, configDir, say, pulls: pairPulls(fleet.fleet, fleet.observed, a, b) };
    const { comparison, kept } = await keepComparison(
      configDir,
      await comparePair(mine, theirs, context, call),
    );
    made.push(comparison);
    if (!kept.ok) say(kept.error.message);
  }
  return made;
}

/** Each pair once, in alphabetical order. */
function linkedPairs({ fleet }: Pick<ObservedFleet, 'fleet'>): readonly (readonly [ServerId, ServerId])[] {
  return fleet.links
    .map(({ supplier, consumer }): readonly [ServerId, ServerId] =>
      supplier < consumer ? [supplier, consumer] : [consumer, supplier],
    )
    .sort(([a, b], [c, d]) => (`${a} ${b}` < `${c} ${d}` ? -1 : 1));
}
