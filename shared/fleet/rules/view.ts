import type { Fleet, FleetServer } from '../model/fleet';
import { type OwnerOf, ownersOf } from '../model/owners';
import type { Topology } from '../model/topology';
import type { Origin, ServerId } from '../../base/names';
import type { ObservedServer } from '../../observed/observed';
import { ownOrigin } from '../../observed/observed-config';

/** What the rules about servers look at: the fleet file and the probe, side by side. */
export interface FleetView {
  readonly fleet: Fleet;
  readonly topology: Topology;
  /** Servers that were probed, in the fleet's order. */
  readonly servers: readonly ObservedView[];
  readonly byId: ReadonlyMap<ServerId, ObservedView>;
  readonly ownerOf: OwnerOf;
  /** Milliseconds since the epoch, our clock. */
  readonly now: number;
}

/** One server: what is wanted, what was seen, and what partners dial. */
export interface ObservedView {
  readonly wanted: FleetServer;
  readonly observed: ObservedServer;
  /** The fleet file's origin, else its own; null when neither has one. */
  readonly origin: Origin | null;
}

/**
 * What the rules look at: every server of the fleet that was seen. One that was not is left out.
 * @param now milliseconds since the epoch, our clock.
 */
export function viewFleet(
  fleet: Fleet,
  topology: Topology,
  observed: readonly ObservedServer[],
  now: number,
): FleetView {
  const probed = new Map(observed.map((server) => [server.id, server]));
  const servers = fleet.servers.flatMap((wanted): ObservedView[] => {
    const seen = probed.get(wanted.id);
    return seen ? [{ wanted, observed: seen, origin: wanted.origin ?? ownOrigin(seen) }] : [];
  });
  return {
    fleet,
    topology,
    servers,
    byId: new Map(servers.map((server) => [server.wanted.id, server])),
    ownerOf: ownersOf(fleet, observed),
    now,
  };
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
