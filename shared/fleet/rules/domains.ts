import type { DomainUuid } from '../../names';
import type { Problem } from '../../problem';
import { finding } from './rule-table';
import type { FleetView } from './view';

/** Rules about whose data the servers hold (`kanidm.md`, "Refresh erases", 4). */

/** The primary is in the domain the fleet belongs to: a reborn empty primary would empty everyone. */
export function primaryLooksNew({ fleet, topology, byId }: FleetView): readonly Problem[] {
  const known = fleet.domainUuid;
  if (known === null) return [];
  return topology.primaries.flatMap((id) => {
    const domain = byId.get(id)?.observed.domain ?? null;
    if (domain === null || domain.uuid === known) return [];
    return [
      finding(
        'primary-looks-new',
        null,
        `The primary looks new: ${id} is in domain ${domain.uuid}, the fleet belongs to ${known}. Deploying would give its data to everyone.`,
        `Make a server that still has the data the primary. Only if ${id} holds the right data, remove domain_uuid from the fleet file.`,
        { server: id, field: 'domain_uuid' },
      ),
    ];
  });
}

/** The secondaries agree with each other, but not with their primary. */
export function primaryOutvoted({ topology, byId }: FleetView): readonly Problem[] {
  return topology.primaries.flatMap((id) => {
    const domain = byId.get(id)?.observed.domain ?? null;
    if (domain === null) return [];
    const others = new Map<DomainUuid, string[]>();
    for (const [other, seen] of byId) {
      const uuid = seen.observed.domain?.uuid;
      if (other === id || topology.primaryOf(other) !== id || uuid === undefined) continue;
      others.set(uuid, [...(others.get(uuid) ?? []), other]);
    }
    return [...others].flatMap(([uuid, agreed]) => {
      if (uuid === domain.uuid || agreed.length < 2) return [];
      return [
        finding(
          'primary-outvoted',
          null,
          `${agreed.join(' and ')} are in one domain (${uuid}), and the primary ${id} is not (${domain.uuid}): it looks new.`,
          `Turn the links round so that one of ${agreed.join(', ')} is the primary. If ${id} is right, keep only one of them in the fleet file, deploy, and add the others after.`,
          { server: id },
        ),
      ];
    });
  });
}

/** One domain name; the database's own wins over the file's. */
export function domainNames({ topology, byId }: FleetView): readonly Problem[] {
  return [...byId].flatMap(([id, seen]) => {
    const primary = topology.primaryOf(id);
    const wanted = primary === null ? null : (byId.get(primary)?.observed.domain?.name ?? null);
    const names = [seen.observed.domain?.name, seen.observed.config?.domain];
    const other = names.find((name) => typeof name === 'string' && wanted !== null && name !== wanted);
    if (primary === null || primary === id || wanted === null || typeof other !== 'string') return [];
    return [
      finding(
        'domain-names-differ',
        id,
        `${id} is set up for the domain ${other}, its primary ${primary} for ${wanted}.`,
        `Write domain = "${wanted}" in the server.toml of ${id}; passkeys and tokens belong to one name.`,
      ),
    ];
  });
}
