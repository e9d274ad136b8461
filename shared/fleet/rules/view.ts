import type { Fleet, FleetServer } from '../fleet';
import type { Topology } from '../topology';
import type { Origin, ServerId } from '../../names';
import type { ObservedServer } from '../../observed';
import { parseOrigin } from '../../origin';

/** What the rules about servers look at: the fleet file and the probe, side by side. */
export interface FleetView {
  readonly fleet: Fleet;
  readonly topology: Topology;
  /** Servers that were probed, in the fleet's order. */
  readonly servers: readonly Seen[];
  readonly byId: ReadonlyMap<ServerId, Seen>;
  /** Whose table an origin names; null: nobody's the fleet knows. */
  readonly ownerOf: (origin: string) => ServerId | null;
  /** Milliseconds since the epoch, our clock. */
  readonly now: number;
}

/** One server: what is wanted, what was seen, and what partners dial. */
export interface Seen {
  readonly wanted: FleetServer;
  readonly observed: ObservedServer;
  readonly origin: Origin | null;
}

export function viewFleet(
  fleet: Fleet,
  topology: Topology,
  observed: readonly ObservedServer[],
  now: number,
): FleetView {
  const probed = new Map(observed.map((server) => [server.id, server]));
  const servers = fleet.servers.flatMap((wanted): Seen[] => {
    const seen = probed.get(wanted.id);
    return seen ? [{ wanted, observed: seen, origin: originOf(wanted, seen) }] : [];
  });
  return {
    fleet,
    topology,
    servers,
    byId: new Map(servers.map((server) => [server.wanted.id, server])),
    ownerOf: ownerFinder(fleet, servers),
    now,
  };
}

/** What partners dial: the fleet file's origin, else the server's own; null when neither has one. */
function originOf(wanted: FleetServer, { config }: ObservedServer): Origin | null {
  if (wanted.origin !== null) return wanted.origin;
  const own = config?.replication?.origin ?? null;
  return own === null ? null : (parseOrigin(own)?.origin ?? null);
}

/** `localhost`, `*.localhost`, `127.*`, `::1`: reachable from the same machine only. */
export function isLoopback(host: string): boolean {
  return host === '::1' || /^127(\.\d{1,3}){3}$/.test(host) || /(^|\.)localhost$/.test(host);
}

/** `127.0.0.1:8444`, `[::1]:8444` in its two parts; null when it is not one. */
export function splitAddress(address: string): { readonly host: string; readonly port: number } | null {
  const match = /^(.*):(\d{1,5})$/.exec(address);
  return match?.[1] === undefined ? null : { host: match[1].replace(/^\[|\]$/g, ''), port: Number(match[2]) };
}

function ownerFinder(fleet: Fleet, servers: readonly Seen[]): (origin: string) => ServerId | null {
  const names = new Map<string, ServerId>();
  // What a server's own file says counts too: a new origin in the fleet file is not there yet.
  for (const { wanted, observed } of servers) {
    const own = parseOrigin(observed.config?.replication?.origin ?? '')?.origin;
    if (own !== undefined) names.set(own, wanted.id);
  }
  for (const link of fleet.links) {
    if (link.supplierOrigin !== null) names.set(link.supplierOrigin, link.supplier);
    if (link.consumerOrigin !== null) names.set(link.consumerOrigin, link.consumer);
  }
  for (const server of fleet.servers) if (server.origin !== null) names.set(server.origin, server.id);
  for (const server of servers) if (server.origin !== null) names.set(server.origin, server.wanted.id);
  return (origin) => names.get(parseOrigin(origin)?.origin ?? origin) ?? null;
}
