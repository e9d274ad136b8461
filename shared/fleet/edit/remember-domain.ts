import { setDomainUuid } from './edit-fleet';
import { readFleet } from '../read/read-fleet';
import { readTopology } from '../model/topology';
import type { DomainUuid, ServerId } from '../../base/names';

/** The server whose domain a fleet file is to remember; null: it has one, or nobody is the primary for certain. */
export function whoseDomain(text: string): ServerId | null {
  const { fleet } = readFleet(text, null);
  if (fleet === null || fleet.domainUuid !== null) return null;
  const [primary, ...others] = readTopology(fleet).primaries;
  return others.length > 0 ? null : (primary ?? null);
}

/**
 * Writes the primary's domain into a fleet file that has none yet, after its first deploy: from then on a primary in
 * another domain is an error (`kanidm.md`, "Refresh erases", 4).
 * @param domain the primary's own (`whoseDomain`).
 * @returns the new text; null when there is nothing to write: it has one, or it is not known for certain who the primary is.
 */
export function rememberDomain(text: string, domain: DomainUuid): string | null {
  const edited = whoseDomain(text) === null ? null : setDomainUuid(text, domain);
  return edited?.ok ? edited.value : null;
}
