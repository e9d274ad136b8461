import type { FleetServer } from '../../shared/fleet/model/fleet';

/** How each server is reached, by its id: a server without what only the drawing says of it. */
export const reachOf = (servers: readonly FleetServer[]): ReadonlyMap<string, string> =>
  new Map(
    servers.map((server) => [
      server.id,
      JSON.stringify({ ...server, origin: null, bindaddress: null, refreshFrom: null, position: null }),
    ]),
  );
