import type { Fleet } from '../fleet';
import type { Topology } from '../topology';
import type { Problem } from '../../problem';
import { rings, severalPrimaries } from './direction';
import { connectedParts, fleetInParts, fleetSize, oneWayLinks, singlePointsOfFailure } from './shape';

/** Checks the drawn graph alone, before any server is asked. */
export function checkTopology(fleet: Fleet, topology: Topology): readonly Problem[] {
  const parts = connectedParts(topology);
  return [
    ...fleetSize(fleet, topology),
    ...rings(topology),
    ...severalPrimaries(topology, parts),
    ...fleetInParts(topology, parts),
    ...singlePointsOfFailure(topology),
    ...oneWayLinks(topology),
  ];
}
