import type { ObservedFleet } from '../../electron/engine/fleet/observe-fleet';
import type { Site } from '../../electron/engine/deploy/deployment/deployment';
import { fleetOfTest, observedOfTest, type SeenServer } from './fleet-fixtures';

/** A fleet of these servers as a probe saw it. @param reached who is connected to, whom nobody may ask anything here. */
export function observedFleetOfTest(
  seen: readonly SeenServer[],
  links: readonly string[],
  {
    path = null,
    reached = [],
    fleet = {},
    problems = [],
  }: Partial<
    Pick<ObservedFleet, 'path' | 'problems'> & {
      readonly reached: readonly string[];
      readonly fleet: Partial<ObservedFleet['fleet']>;
    }
  > = {},
): ObservedFleet {
  const drawn = fleetOfTest(
    seen.map(({ id }) => id),
    links,
    fleet,
  );
  const observed = seen.map(observedOfTest);
  const sites = observed
    .filter(({ id }) => reached.includes(id))
    .map((it) => [it.id, { observed: it } as Site] as const);
  return { fleet: drawn, path, observed, sites: new Map(sites), problems };
}
