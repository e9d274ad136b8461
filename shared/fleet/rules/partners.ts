import { partnerNames } from '../../kanidmd/partner-names';
import { readCertificate } from '../../kanidmd/read-certificate';
import type { Problem } from '../../problem';
import { type Partner, pulls } from '../../server-config/server-config';
import { listed } from './listed';
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

/**
 * The primary's data wins, so nothing may ever replace it: a flag in its file would, as soon as it lags (`kanidm.md`,
 * "Refresh erases", 2). A warning, for the deploy switches it off first.
 */
export function automaticRefreshOnPrimary({ topology, byId }: FleetView): readonly Problem[] {
  return topology.primaries.flatMap((id) => {
    const partners = byId.get(id)?.observed.config?.replication?.partners ?? [];
    const flagged = partners.find((partner) => partner.automaticRefresh && pulls(partner.type));
    if (flagged === undefined) return [];
    return [
      finding(
        'automatic-refresh-on-primary',
        id,
        `${id} is the primary, and its server.toml lets it refresh itself from ${flagged.origin}: it would replace the data that is to win.`,
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
  const removed = new Set(fleet.removed);
  return servers.flatMap(({ wanted: { id }, observed }) =>
    (observed.config?.replication?.partners ?? [])
      .filter((partner) => ownerOf(partner.origin) === null)
      .filter((partner) => !removed.has(partner.origin))
      .map((partner) => ({ id, partner })),
  );
}

/**
 * Partners whose names a server cannot resolve, by its own log. Such a server ignores a stop until it is killed, and a
 * renewal of its certificate never ends (`kanidm.md`, "Rules to check").
 */
export function unresolvedNames({ servers }: FleetView): readonly Problem[] {
  return servers.flatMap(({ wanted: { id }, observed: { log, config } }) => {
    if (log === null || !log.troubles.some((trouble) => trouble.code === 'name-not-found')) return [];
    const lost = partnerNames(log, config?.replication?.partners ?? []).filter((it) => it.resolves === 'no');
    if (lost.length === 0) return [];
    return [
      finding(
        'partner-name-not-found',
        id,
        `${id} cannot resolve ${listed(lost.map((it) => it.origin))}. It will take long to stop, and its certificate cannot be renewed meanwhile.`,
        `Mend DNS on ${id}, or the origin of that partner.`,
      ),
    ];
  });
}
