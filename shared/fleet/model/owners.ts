import { originsOf } from './desired';
import type { Fleet } from './fleet';
import { certificateIdentity } from '../../certificates/certificate-identity';
import type { Origin, ServerId } from '../../base/names';
import type { ObservedServer } from '../../observed/observed';
import { everyOrigin } from '../../observed/observed-config';
import { parseOrigin } from '../../base/origin';
import type { Partner } from '../../server-config/server-config';

/** Whose table in a server.toml this is; null: nobody's the fleet knows. */
export type OwnerOf = (table: Pick<Partner, 'origin' | 'certificate'>) => ServerId | null;

/**
 * Tells whose a partner table is: by the origins of the fleet file, the names its links dial, and the origins the servers
 * have in their own files; else by the pinned certificate, which names its server across renewals. So a table under a
 * name that a server no longer has is still known to be its own.
 */
export function ownersOf(
  fleet: Fleet,
  observed: readonly ObservedServer[],
  origins: ReadonlyMap<ServerId, Origin> = originsOf(fleet, new Map(observed.map((it) => [it.id, it]))),
): OwnerOf {
  const names = new Map<string, ServerId>();
  for (const server of observed) {
    for (const own of everyOrigin(server)) names.set(own, server.id);
  }
  for (const link of fleet.links) {
    if (link.supplierOrigin !== null) names.set(link.supplierOrigin, link.supplier);
    if (link.consumerOrigin !== null) names.set(link.consumerOrigin, link.consumer);
  }
  for (const [id, origin] of origins) names.set(origin, id);
  const identities = identitiesOf(observed);
  return ({ origin, certificate }) => {
    const named = names.get(parseOrigin(origin)?.origin ?? origin);
    if (named !== undefined) return named;
    const identity = certificateIdentity(certificate);
    return identity === null ? null : (identities.get(identity) ?? null);
  };
}

/** Machines that were cloned show one identity; then it says nothing. */
function identitiesOf(observed: readonly ObservedServer[]): ReadonlyMap<string, ServerId> {
  const found = new Map<string, ServerId | null>();
  for (const { id, certificate } of observed) {
    const identity = certificate === null ? null : certificateIdentity(certificate.text);
    if (identity !== null) found.set(identity, found.has(identity) ? null : id);
  }
  return new Map([...found].flatMap(([identity, id]) => (id === null ? [] : [[identity, id] as const])));
}
