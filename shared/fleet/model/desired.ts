import type { Fleet, Link } from './fleet';
import type { Origin, ServerId } from '../../base/names';
import type { ObservedServer } from '../../observed/observed';
import { ownOrigin } from '../../observed/observed-config';
import type { PartnerType } from '../../server-config/server-config';
import type { Topology } from './topology';

/** One partner table a server should have, its pin still to be filled in. */
export interface DesiredTable {
  readonly partner: ServerId;
  /** The name this server dials, or knows its consumer by. */
  readonly origin: Origin;
  readonly type: PartnerType;
  readonly automaticRefresh: boolean;
}

/** What partners dial: the fleet file's origin, else the server's own; null when neither has one. */
export function originOf(
  fleet: Fleet,
  observed: ReadonlyMap<ServerId, ObservedServer>,
  id: ServerId,
): Origin | null {
  const written = fleet.servers.find((server) => server.id === id)?.origin ?? null;
  return written ?? originIn(observed.get(id));
}

/** What partners dial of all servers that have an origin. */
export function originsOf(
  fleet: Fleet,
  observed: ReadonlyMap<ServerId, ObservedServer>,
): ReadonlyMap<ServerId, Origin> {
  return new Map(
    fleet.servers.flatMap(({ id, origin }) => {
      const dialled = origin ?? originIn(observed.get(id));
      return dialled === null ? [] : [[id, dialled] as const];
    }),
  );
}

function originIn(observed: ObservedServer | undefined): Origin | null {
  return observed === undefined ? null : ownOrigin(observed);
}

/** The tables `id` should have by the fleet's links; links whose other end has no origin are left out. */
export function desiredTables(
  id: ServerId,
  topology: Topology,
  origins: ReadonlyMap<ServerId, Origin>,
): readonly DesiredTable[] {
  return topology.linksOf(id).flatMap((link) => {
    const table = link.consumer === id ? asConsumer(link, origins) : asSupplier(link, origins);
    return table === null ? [] : [table];
  });
}

function asConsumer(link: Link, origins: ReadonlyMap<ServerId, Origin>): DesiredTable | null {
  const origin = link.supplierOrigin ?? origins.get(link.supplier);
  if (origin === undefined) return null;
  const type = link.mutual ? 'mutual-pull' : 'pull';
  return { partner: link.supplier, origin, type, automaticRefresh: link.automaticRefresh };
}

/** The supplier's side never refreshes itself: whose data wins is drawn as the link's direction. */
function asSupplier(link: Link, origins: ReadonlyMap<ServerId, Origin>): DesiredTable | null {
  const origin = link.consumerOrigin ?? origins.get(link.consumer);
  if (origin === undefined) return null;
  return {
    partner: link.consumer,
    origin,
    type: link.mutual ? 'mutual-pull' : 'allow-pull',
    automaticRefresh: false,
  };
}
