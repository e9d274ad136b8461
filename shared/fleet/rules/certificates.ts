import { parseOrigin } from '../../origin';
import type { Origin } from '../../names';
import type { Problem } from '../../problem';
import { finding } from './rule-table';
import type { FleetView } from './view';

/** Rules about the certificates servers show, and those their partners pinned. */

const DAY = 86_400_000;
/** Days before the end at which renewing becomes pressing (`kanidm.md`). */
const SOON = 30;

/** Valid now, and for a while. By our clock: the servers' own may be wrong. */
export function certificateDates({ servers, now }: FleetView): readonly Problem[] {
  return servers.flatMap(({ wanted: { id }, observed: { certificate } }) => {
    if (certificate === null) return [];
    const end = Date.parse(certificate.notAfter);
    const days = Math.floor((end - now) / DAY);
    const date = certificate.notAfter.slice(0, 10);
    const renew = `Renew it on ${id} (kanidmd renew-replication-certificate), then deploy, so that partners pin the new one.`;
    if (Date.parse(certificate.notBefore) > now + DAY)
      return [
        finding(
          'certificate-not-yet-valid',
          id,
          `The replication certificate of ${id} is valid from ${certificate.notBefore.slice(0, 10)} only.`,
          `Set the clock of ${id}, then renew its certificate.`,
        ),
      ];
    if (end <= now)
      return [
        finding('certificate-expired', id, `The replication certificate of ${id} expired on ${date}.`, renew),
      ];
    if (days >= SOON) return [];
    const left = days === 0 ? 'within a day' : days === 1 ? 'in 1 day' : `in ${days} days`;
    return [
      finding(
        'certificate-expires-soon',
        id,
        `The replication certificate of ${id} expires ${left}, on ${date}.`,
        renew,
      ),
    ];
  });
}

/** Every name that is dialled is in the certificate of who answers. */
export function certificateNames({ topology, servers, byId }: FleetView): readonly Problem[] {
  const own = servers.flatMap(({ wanted: { id }, origin, observed: { certificate } }) => {
    if (certificate === null || origin === null || names(certificate.names, origin)) return [];
    // A renewal takes the name from the origin, but older versions write no address into a certificate.
    const renewable = parseOrigin(origin)?.isAddress !== true;
    return [
      finding(
        renewable ? 'certificate-for-other-name' : 'certificate-name',
        id,
        `The replication certificate of ${id} is for ${certificate.names.join(', ') || 'no name'}, but partners dial ${origin}.`,
        renewable
          ? `Deploy: it renews the certificate of ${id} for that name and pins the new one on its partners. Or use the name in the certificate as origin.`
          : `Use the name in the certificate as origin of ${id}.`,
      ),
    ];
  });
  const dialled = servers
    .flatMap(({ wanted }) => topology.linksIn(wanted.id))
    .flatMap((link) => [
      { by: link.consumer, whom: link.supplier, origin: link.supplierOrigin, key: 'supplier_origin' },
      { by: link.supplier, whom: link.consumer, origin: link.consumerOrigin, key: 'consumer_origin' },
    ])
    .flatMap(({ by, whom, origin, key }) => {
      const certificate = byId.get(whom)?.observed.certificate ?? null;
      if (origin === null || certificate === null || names(certificate.names, origin)) return [];
      return [
        finding(
          'certificate-name',
          by,
          `${by} would dial ${whom} as ${origin}, but its certificate is for ${certificate.names.join(', ') || 'no name'}.`,
          `Remove ${key} from the link, or use a name that is in the certificate.`,
          { server: by, link: `${by} ← ${whom}`, field: key },
        ),
      ];
    });
  return [...own, ...dialled];
}

/** What a server's file pins is what its partner shows. */
export function pins({ servers, byId, ownerOf }: FleetView): readonly Problem[] {
  return servers.flatMap(({ wanted: { id }, observed }) =>
    (observed.config?.replication?.partners ?? []).flatMap((partner) => {
      const owner = ownerOf(partner.origin);
      const live = owner === null ? null : (byId.get(owner)?.observed.certificate ?? null);
      if (owner === null || live === null || plain(live.text) === plain(partner.certificate)) return [];
      return [
        finding(
          'pin-differs',
          id,
          `${id} pins another certificate for ${owner} than ${owner} shows now (${live.fingerprint}).`,
          'Deploy: it pins the current certificate. If nobody renewed it, find out first who answers there.',
          { server: id, link: `${id} ← ${owner}` },
        ),
      ];
    }),
  );
}

/** Exact, or by a wildcard of one label. */
function names(certified: readonly string[], origin: Origin): boolean {
  const host = parseOrigin(origin)?.host ?? '';
  return certified.some((name) => {
    const lower = name.toLowerCase();
    return lower === host || (lower.startsWith('*.') && host.slice(host.indexOf('.')) === lower.slice(1));
  });
}

const plain = (text: string): string => text.replace(/=+$/, '');
