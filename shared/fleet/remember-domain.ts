import { setDomainUuid } from './edit-fleet';
import { readFleet } from './read-fleet';
import { readTopology } from './topology';
import type { ServerId } from '../names';
import type { StatusServer } from '../observed';

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
 * @returns the new text; null when there is nothing to write: it has one, or the primary's is not known for certain.
 */
export function rememberDomain(text: string, servers: readonly StatusServer[]): string | null {
  const primary = whoseDomain(text);
  const uuid = servers.find((server) => server.id === primary)?.domainUuid ?? null;
  const edited = uuid === null ? null : setDomainUuid(text, uuid);
  return edited?.ok ? edited.value : null;
}
