import { readCertificate } from '../../kanidmd/read-certificate';
import { desiredTables } from '../../plan/desired';
import type { Origin, ServerId } from '../../names';
import { sameOrigin } from '../../origin';
import type { Problem } from '../../problem';
import { type Partner, pulls } from '../../server-config/server-config';
import { linksOnce } from './shape';
import { finding } from './rule-table';
import type { FleetView } from './view';

/** Rules about the partner tables that servers have in their files today. */

/**
 * A flagged table makes a server ask every supplier it has (`kanidm.md`, "Refresh erases", 2). A warning and not an
 * error: the deploy's first step is to switch it off.
 */
export function automaticRefreshInFiles({ servers }: FleetView): readonly Problem[] {
  return servers.flatMap(({ wanted: { id }, observed }) => {
    const suppliers = (observed.config?.replication?.partners ?? []).filter((partner) => pulls(partner.type));
    const flagged = suppliers.filter((partner) => partner.automaticRefresh);
    if (flagged.length === 0 || suppliers.length < 2) return [];
    return [
      finding(
        'automatic-refresh-several-suppliers',
        id,
        `${id} may refresh itself (automatic_refresh) and has ${suppliers.length} suppliers: it would take the data of whichever answers first, for good.`,
        'Deploy: it switches automatic_refresh off first. Do not restart the server before.',
      ),
    ];
  });
}

/** Tables for partners the fleet does not know: kept, and said. */
export function unknownPartners(view: FleetView): readonly Problem[] {
  return keptTables(view).map(({ id, partner }) => unknownPartner(id, partner));
}

/** A table for a partner the fleet does not know. */
export const unknownPartner = (id: string, partner: Pick<Partner, 'origin' | 'type'>): Problem =>
  finding(
    'unknown-partner',
    id,
    `${id} replicates with ${partner.origin} (${partner.type}), which is not in the fleet. It is kept.`,
    'Add that server, or list its origin under [[removed]] to have the table taken out.',
  );

/** Pins that are no certificate, in tables a deploy keeps; partners of the fleet are pinned anew (`pins`). */
export function unreadablePins(view: FleetView): readonly Problem[] {
  return keptTables(view)
    .filter(({ partner }) => !readCertificate(partner.certificate, {}).ok)
    .map(({ id, partner }) =>
      finding(
        'pin-unreadable',
        id,
        `What ${id} pins for ${partner.origin} is no certificate: kanidmd refuses the file at its next start.`,
        `Correct the pin in the server.toml of ${id}, or list the origin under [[removed]].`,
      ),
    );
}

/**
 * Tables that are neither the fleet's nor listed as removed. While a server's origin is not known (it could not be
 * reached) a table may be its own, and nothing is claimed.
 */
function keptTables({ fleet, servers, ownerOf }: FleetView) {
  if (servers.some((server) => server.origin === null)) return [];
  return servers.flatMap(({ wanted: { id }, observed }) =>
    (observed.config?.replication?.partners ?? [])
      .filter((partner) => ownerOf(partner.origin) === null)
      .filter((partner) => !fleet.removed.some((origin) => sameOrigin(origin, partner.origin)))
      .map((partner) => ({ id, partner })),
  );
}

/** Links that are drawn and not, or not so, in the servers' files: what a deploy is for. */
export function deployedLinks(view: FleetView): readonly Problem[] {
  const origins = new Map(
    view.servers.flatMap(({ wanted, origin }) => (origin === null ? [] : [[wanted.id, origin] as const])),
  );
  return linksOnce(view.topology).flatMap((link) => {
    const ends = [
      sideOf(view, link.supplier, link.consumer, origins),
      sideOf(view, link.consumer, link.supplier, origins),
    ];
    const where = { link: `${link.supplier} → ${link.consumer}` };
    const missing = ends.flatMap((end) => (end.state === 'missing' ? [end.server] : []));
    if (missing.length > 0)
      return [
        finding(
          'link-not-deployed',
          null,
          `The link ${where.link} is not yet in the server.toml of ${missing.join(' and ')}.`,
          'Deploy.',
          where,
        ),
      ];
    const different = ends.flatMap((end) =>
      end.state === 'different' ? [`${end.server} has ${end.has}`] : [],
    );
    if (different.length === 0) return [];
    return [
      finding(
        'link-differs',
        null,
        `The link ${where.link} is drawn otherwise than deployed: ${different.join('; ')}.`,
        'Deploy, or draw the link as it is.',
        where,
      ),
    ];
  });
}

type Side =
  | { readonly state: 'same' | 'unknown' | 'missing'; readonly server: ServerId }
  | { readonly state: 'different'; readonly server: ServerId; readonly has: string };

function sideOf(
  { topology, byId, ownerOf }: FleetView,
  server: ServerId,
  partner: ServerId,
  origins: ReadonlyMap<ServerId, Origin>,
): Side {
  const observed = byId.get(server)?.observed;
  const wanted = desiredTables(server, topology, origins).find((table) => table.partner === partner);
  if (!observed || observed.config === null || !wanted) return { state: 'unknown', server };
  const table = (observed.config.replication?.partners ?? []).find((it) => ownerOf(it.origin) === partner);
  if (!table) return { state: 'missing', server };
  const same =
    table.type === wanted.type &&
    table.automaticRefresh === wanted.automaticRefresh &&
    sameOrigin(table.origin, wanted.origin);
  if (same) return { state: 'same', server };
  return {
    state: 'different',
    server,
    has: `${table.type} for ${table.origin}${table.automaticRefresh ? ' with automatic_refresh' : ''}`,
  };
}
