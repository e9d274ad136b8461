import type { Problem } from '../../problem';
import { checkServerConfig } from '../../server-config/check-server-config';
import type { FleetView, Seen } from './view';

/**
 * What the server's own kanidmd would refuse in its file at the next start, with line and column. Codes, words and
 * severities are those of `server-config/findings.ts`; what the next deploy itself puts right is a warning here, or it
 * would hold back its own repair.
 */
export function serverFiles({ servers, topology }: FleetView): readonly Problem[] {
  return servers.flatMap((server): Problem[] => {
    const { wanted, observed } = server;
    if (observed.file === null || observed.versionOnDisk === null) return [];
    const where = { server: wanted.id, file: observed.file.path };
    const bytes = new TextEncoder().encode(observed.file.text);
    const known = new Set([...observed.faults.map((fault) => fault.code), ...saidElsewhere]);
    return checkServerConfig(bytes, observed.versionOnDisk, where).flatMap((found): Problem[] => {
      if (known.has(found.code)) return [];
      const repaired = topology.linksOf(wanted.id).length > 0 && isRepaired(found.code, server);
      const message = found.detail === undefined ? found.message : `${found.message} (${found.detail})`;
      return [
        {
          severity: repaired ? 'warning' : found.severity,
          code: found.code,
          server: wanted.id,
          message,
          fix: repaired ? 'Deploy: it puts that right.' : found.fix,
          where: found.where,
        },
      ];
    });
  });
}

/** Rules of their own look at these, with the fleet file at hand: `addresses.ts` and `partners.ts`. */
const saidElsewhere = ['origin-is-address', 'certificate-unreadable'];

/** A deploy writes the acknowledgement line by version, and origin and bindaddress where the fleet file has them. */
function isRepaired(code: string, { wanted }: Seen): boolean {
  switch (code) {
    case 'acknowledgement-fatal':
    case 'acknowledgement-missing':
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
