import type { ServerId } from '../../../../shared/base/names';
import type { Pair } from '../../../../shared/plan/model/pair';
import { comparesOf, hasCompared } from './compared';
import type { DeployRecord } from './read-journal';

/** What an interrupted deploy and its resumes did not get to, and what the servers themselves do not show. */

/** Who was still to be compared when a deploy and its resumes were interrupted. */
export function comparisonsLeft(chain: readonly DeployRecord[]): readonly Pair[] {
  return chain.flatMap((it) =>
    comparesOf(it).flatMap(({ pair, ended }): Pair[] =>
      // A resume of it may have done so already.
      ended === null && !chain.some((later) => later.deploy > it.deploy && hasCompared(later, pair))
        ? [pair]
        : [],
    ),
  );
}

/** Refreshes within one domain that the operator asked for and that are not known to have ended well: nothing else shows them. */
export function unfinishedRefreshes(chain: readonly DeployRecord[]): readonly ServerId[] {
  const done = new Set<ServerId>();
  const asked = new Set<ServerId>();
  for (const record of chain)
    for (const step of record.header.steps) {
      if (step.action !== 'refresh') continue;
      if (step.asked) asked.add(step.server);
      if (record.entries.some((entry) => entry.kind === 'done' && entry.step === step.id))
        done.add(step.server);
    }
  return [...asked].filter((it) => !done.has(it));
}
