import type { Fleet } from '../model/fleet';
import type { Topology } from '../model/topology';
import type { ObservedServer } from '../../observed/observed';
import type { Problem } from '../../base/problem';
import { observedRules } from './registry';
import { serverFiles } from './server-files';
import { viewFleet } from './view';

/**
 * Checks what was probed against the fleet file (`kanidm.md`, "Rules to check").
 * @param now milliseconds since the epoch, for certificates' dates.
 */
export function checkObserved(
  fleet: Fleet,
  topology: Topology,
  observed: readonly ObservedServer[],
  now: number = Date.now(),
): readonly Problem[] {
  const view = viewFleet(fleet, topology, observed, now);
  return [...observedRules, serverFiles].flatMap((check) => check(view));
}
