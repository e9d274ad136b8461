import { type Fleet, type FleetServer, type Link, type Pull, pullsOf } from './fleet';
import type { ServerId } from '../../base/names';

/** Questions about the drawn graph. All run in time linear in servers and links. */
export interface Topology {
  readonly servers: ReadonlyMap<ServerId, FleetServer>;
  readonly pulls: readonly Pull[];
  /** Links in which the server is the consumer. */
  readonly linksIn: (id: ServerId) => readonly Link[];
  /** All links that touch the server. */
  readonly linksOf: (id: ServerId) => readonly Link[];
  /** Everyone the server pulls from, mutual links counted. */
  readonly suppliersOf: (id: ServerId) => readonly ServerId[];
  /** Everyone who pulls from the server, mutual links counted. */
  readonly consumersOf: (id: ServerId) => readonly ServerId[];
  /** Servers that are no link's consumer, and have links: their data wins. One per connected part in a sound fleet. */
  readonly primaries: readonly ServerId[];
  /** Servers without any link. */
  readonly alone: readonly ServerId[];
  /** Primaries first, then outward along links: a server that is refreshed comes after its source. Servers of a ring without a primary are missing. */
  readonly order: readonly ServerId[];
  /** Servers that no primary reaches, because the links run in a ring. */
  readonly ring: readonly ServerId[];
  /** The primary whose data reaches the server; null in a ring or alone. */
  readonly primaryOf: (id: ServerId) => ServerId | null;
  /**
   * The one supplier a server is refreshed from: its `refresh_from`, else the supplier that is nearest to the primary
   * (links drawn first win). Null for a primary.
   */
  readonly sourceOf: (id: ServerId) => ServerId | null;
}

/** Reads a fleet's links once; links to unknown servers are left out (the fleet's own check reports them). */
export function readTopology(fleet: Fleet): Topology {
  const servers = new Map(fleet.servers.map((server) => [server.id, server]));
  const links = fleet.links.filter((link) => servers.has(link.supplier) && servers.has(link.consumer));
  const of = groupBy(links, (link) => [link.supplier, link.consumer]);
  const into = groupBy(links, (link) => [link.consumer]);
  const out = groupBy(links, (link) => [link.supplier]);
  const pulls = links.flatMap(pullsOf);
  const suppliers = groupBy(pulls, (pull) => [pull.consumer]);
  const consumers = groupBy(pulls, (pull) => [pull.supplier]);
  const ids = fleet.servers.map((server) => server.id);
  const primaries = ids.filter((id) => of.has(id) && !into.has(id));
  const depth = depths(primaries, out);
  const sources = new Map(ids.map((id) => [id, sourceIn(into.get(id) ?? [], servers.get(id), depth)]));
  const { order, root } = fromSources(primaries, sources);
  return {
    servers,
    pulls,
    linksIn: (id) => into.get(id) ?? [],
    linksOf: (id) => of.get(id) ?? [],
    suppliersOf: (id) => (suppliers.get(id) ?? []).map((pull) => pull.supplier),
    consumersOf: (id) => (consumers.get(id) ?? []).map((pull) => pull.consumer),
    primaries,
    alone: ids.filter((id) => !of.has(id)),
    order,
    ring: ids.filter((id) => of.has(id) && !root.has(id)),
    primaryOf: (id) => root.get(id) ?? null,
    sourceOf: (id) => sources.get(id) ?? null,
  };
}

function groupBy<T>(items: readonly T[], keys: (item: T) => readonly ServerId[]): Map<ServerId, T[]> {
  const groups = new Map<ServerId, T[]>();
  for (const item of items)
    for (const key of keys(item)) {
      const group = groups.get(key);
      if (group) group.push(item);
      else groups.set(key, [item]);
    }
  return groups;
}

/** Links between the nearest primary and each server it reaches. */
function depths(primaries: readonly ServerId[], out: ReadonlyMap<ServerId, readonly Link[]>) {
  const depth = new Map<ServerId, number>(primaries.map((id) => [id, 0]));
  walk(primaries, (id, reach) => {
    for (const link of out.get(id) ?? []) {
      if (depth.has(link.consumer)) continue;
      depth.set(link.consumer, (depth.get(id) ?? 0) + 1);
      reach(link.consumer);
    }
  });
  return depth;
}

function sourceIn(
  links: readonly Link[],
  server: FleetServer | undefined,
  depth: ReadonlyMap<ServerId, number>,
): ServerId | null {
  const from = links.map((link) => link.supplier);
  const wanted = server?.refreshFrom ?? null;
  if (wanted !== null && from.includes(wanted)) return wanted;
  const far = (supplier: ServerId): number => depth.get(supplier) ?? Number.MAX_SAFE_INTEGER;
  let best: ServerId | null = null;
  for (const supplier of from) if (best === null || far(supplier) < far(best)) best = supplier;
  return best;
}

/** Primaries first, every other server after its source. A chosen `refresh_from` may close a ring: those stay out. */
function fromSources(primaries: readonly ServerId[], sources: ReadonlyMap<ServerId, ServerId | null>) {
  const fed = groupBy([...sources.keys()], (id) => {
    const source = sources.get(id) ?? null;
    return source === null ? [] : [source];
  });
  const root = new Map<ServerId, ServerId>(primaries.map((id) => [id, id]));
  const order: ServerId[] = [];
  walk(primaries, (id, reach) => {
    order.push(id);
    for (const consumer of fed.get(id) ?? []) {
      root.set(consumer, root.get(id) ?? id);
      reach(consumer);
    }
  });
  return { order, root };
}

/** Visits breadth first; `visit` names whom it reaches. */
function walk(
  from: readonly ServerId[],
  visit: (id: ServerId, reach: (next: ServerId) => void) => void,
): void {
  const queue = [...from];
  for (let next = 0; next < queue.length; next += 1) {
    const id = queue[next];
    if (id !== undefined) visit(id, (reached) => queue.push(reached));
  }
}
