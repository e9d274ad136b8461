import { type Problem, problemOf } from '../../base/problem';
import type { Place } from '../../base/result';
import { checkServerConfig } from '../../server-config/check-server-config';
import type { Overrides } from '../../server-config/effective-config';
import type { ConfigProblem } from '../../server-config/config-problems';
import type { FleetView, ObservedView } from './view';

/**
 * What the server's own kanidmd would refuse in its file at the next start, with line and column. Codes, words and
 * severities are those of `server-config/config-problems.ts`; what the next deploy itself puts right is a warning here, or it
 * would hold back its own repair.
 */
export function serverFiles({ servers, topology }: FleetView): readonly Problem[] {
  return servers.flatMap((server): Problem[] => {
    const { wanted, observed } = server;
    if (observed.file === null || observed.versionOnDisk === null) return [];
    const where = { server: wanted.id, file: observed.file.path };
    const known = new Set([...observed.faults.map((fault) => fault.code), ...saidElsewhere]);
    const variables = observed.facts?.overrides ?? null;
    return findingsOf(observed.file, observed.versionOnDisk, where, variables).flatMap((found): Problem[] => {
      if (known.has(found.code)) return [];
      const repaired = topology.linksOf(wanted.id).length > 0 && isRepaired(found.code, server);
      const said = { ...problemOf(found), server: wanted.id };
      return [
        repaired
          ? { ...said, severity: 'warning', fix: 'Deploy: it puts that right.' }
          : { ...said, severity: found.severity },
      ];
    });
  });
}

/** What was found in a file as it was read: a watch asks of it every two seconds, and it changes when it is read again. */
const checked = new WeakMap<object, { readonly of: string; readonly found: readonly ConfigProblem[] }>();

function findingsOf(
  file: { readonly text: string },
  version: string,
  where: Place,
  variables: Overrides | null,
): readonly ConfigProblem[] {
  const of = JSON.stringify([version, where, variables]);
  const known = checked.get(file);
  if (known?.of === of) return known.found;
  const found = checkServerConfig(new TextEncoder().encode(file.text), version, where, variables);
  checked.set(file, { of, found });
  return found;
}

/** Rules of their own look at these, with the fleet file at hand: `addresses.ts` and `partners.ts`. */
const saidElsewhere = ['origin-is-address', 'origin-never-works', 'certificate-unreadable'];

/** A deploy writes the acknowledgement line by version, a missing bindaddress, and origin and bindaddress where the fleet file has them. */
function isRepaired(code: string, { wanted }: ObservedView): boolean {
  switch (code) {
    case 'acknowledgement-fatal':
    case 'acknowledgement-missing':
    case 'replication-bindaddress-missing':
      return true;
    case 'replication-origin-missing':
    case 'origin-not-repl':
    case 'origin-without-port':
      return wanted.origin !== null;
    case 'bindaddress-not-address':
    case 'bindaddress-taken':
      return wanted.bindaddress !== null;
    default:
      return false;
  }
}
