import type { FleetView } from './view';
import { partnersOf } from '../../server-config/server-config';

/**
 * Tables that are neither the fleet's nor listed as removed. While a server's origin is not known (it could not be
 * reached) a table may be its own, and nothing is claimed.
 */
export function keptTables({ fleet, servers, ownerOf }: FleetView) {
  if (servers.some((server) => server.origin === null)) return [];
  const removed = new Set(fleet.removed);
  return servers.flatMap(({ wanted: { id }, observed }) =>
    partnersOf(observed.config)
      .filter((partner) => ownerOf(partner) === null)
      .filter((partner) => !removed.has(partner.origin))
      .map((partner) => ({ id, partner })),
  );
}
