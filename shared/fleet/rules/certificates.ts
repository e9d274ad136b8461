import { describePull } from '../model/fleet';
import { certifies, namesAddress } from '../../certificates/certificate-names';
import { versionOf } from '../../observed/observed-config';
import { parseOrigin } from '../../base/origin';
import type { Problem } from '../../base/problem';
import { lacks, firstWith } from '../../versions/versions';
import { ruleProblems, type Words } from './words';
import { readCertificate } from '../../certificates/read-certificate';
import { keptTables } from './kept-tables';
import type { FleetView } from './view';
import { unpadded } from '../../base/base64';
import { partnersOf } from '../../server-config/server-config';

/** Rules about the certificates servers show, and those their partners pinned. */
export const words = {
  'certificate-expired': {
    severity: 'error',
    remedy: 'renew',
    what: 'the server’s replication certificate has expired.',
    fix: 'renew it, then deploy, so that partners pin the new one.',
    from: 'Kanidm',
    source: 'kanidm.md, "Rules to check"',
  },
  'certificate-not-yet-valid': {
    severity: 'error',
    what: 'it is valid from a later day only.',
    why: 'the server’s clock was wrong when it was made.',
    fix: 'set the clock, then renew.',
    from: 'Kanidm',
    source: 'kanidm.md, "Rules to check"',
  },
  'certificate-expires-soon': {
    severity: 'warning',
    remedy: 'renew',
    what: '30 days or less are left.',
    fix: 'renew it in time; it takes a restart of every partner.',
    from: 'Kanidm: valid 4 years since 1.3, 180 days before',
    source: 'kanidm.md, "Rules to check": warn 30 days before',
  },
  // A warning: a deploy renews it.
  'certificate-address-as-name': {
    severity: 'warning',
    remedy: 'deploy',
    what: `a server’s origin is an IPv4 address, and its certificate has it as a DNS name, as Kanidm before ${firstWith('address-origin')} wrote it.`,
    why: 'TLS refuses such a certificate.',
    fix: 'deploy: it renews the certificate with the version that runs and pins it.',
    from: 'measured',
    source: 'kanidm.md, "Addresses as origins"',
  },
  'certificate-name': {
    severity: 'error',
    what: 'a name that is dialled is not in the certificate of who answers.',
    why: 'the consumer ends with `NotValidForNameContext`.',
    fix: 'dial a name that is in it, or renew the certificate after changing the origin.',
    from: 'measured',
    source: 'kanidm.md, "What the lines mean": NotValidForNameContext',
  },
  // A warning: a deploy renews it.
  'certificate-for-other-name': {
    severity: 'warning',
    remedy: 'deploy',
    what: 'a server’s certificate does not name the host of its own origin, as after a change of the origin.',
    why: 'partners would end with `NotValidForNameContext`.',
    fix: 'deploy: it renews the certificate and pins the new one on its partners; or use the name in the certificate as origin.',
    from: 'measured',
    source: 'kanidm.md, "Rules to check": SAN equals the origin’s host',
  },
  // A warning: no deploy gets past the test of a copy of the file, which says the same.
  'pin-unreadable': {
    severity: 'warning',
    what: 'what a table pins is no certificate.',
    why: 'kanidmd refuses the file at its next start.',
    fix: 'correct it, or list the origin under `[[removed]]`.',
    from: 'measured',
    source: 'kanidm.md, "Partner tables": bad certificates refuse to start',
  },
  'pin-differs': {
    severity: 'warning',
    remedy: 'repin',
    what: 'a server pins another certificate than its partner shows.',
    why: 'both directions fail until it is pinned again.',
    fix: 'deploy. If nobody renewed it, find out first who answers there.',
    from: 'measured',
    source: 'kanidm.md, "Rules to check": pinned equals live',
  },
} as const satisfies Words;

const ruleProblem = ruleProblems(words);

/** All rules of this file. */
export const check = (view: FleetView): readonly Problem[] =>
  [certificateDates, certificateNames, pins, unreadablePins].flatMap((rule) => rule(view));

const DAY = 86_400_000;
/** Days before the end at which renewing becomes pressing (`kanidm.md`, "Rules to check"). */
const SOON = 30;

/** Valid now, and for a while. By our clock: the servers' own may be wrong. */
function certificateDates({ servers, now }: FleetView): readonly Problem[] {
  return servers.flatMap(({ wanted: { id }, observed: { certificate } }) => {
    if (certificate === null) return [];
    const end = Date.parse(certificate.notAfter);
    const days = Math.floor((end - now) / DAY);
    const date = certificate.notAfter.slice(0, 10);
    const renew = `Renew it on ${id} (kanidmd renew-replication-certificate), then deploy, so that partners pin the new one.`;
    if (Date.parse(certificate.notBefore) > now + DAY)
      return [
        ruleProblem(
          'certificate-not-yet-valid',
          id,
          `The replication certificate of ${id} is valid from ${certificate.notBefore.slice(0, 10)} only.`,
          `Set the clock of ${id}, then renew its certificate.`,
        ),
      ];
    if (end <= now)
      return [
        ruleProblem(
          'certificate-expired',
          id,
          `The replication certificate of ${id} expired on ${date}.`,
          renew,
        ),
      ];
    if (days >= SOON) return [];
    const left = days === 0 ? 'within a day' : days === 1 ? 'in 1 day' : `in ${days} days`;
    return [
      ruleProblem(
        'certificate-expires-soon',
        id,
        `The replication certificate of ${id} expires ${left}, on ${date}.`,
        renew,
      ),
    ];
  });
}

/** Every name that is dialled is in the certificate of who answers. */
function certificateNames({ topology, servers, byId }: FleetView): readonly Problem[] {
  const own = servers.flatMap(({ wanted: { id }, origin, observed }) => {
    const { certificate } = observed;
    if (certificate === null || origin === null || certifies(certificate, origin)) return [];
    const version = versionOf(observed);
    const { ipVersion } = parseOrigin(origin) ?? { ipVersion: null };
    // What an address is worth by version, and that an IPv6 address is worth nothing, `addresses.ts` says.
    if (ipVersion === 6 || (ipVersion === 4 && (version === null || lacks(version, 'address-origin'))))
      return [];
    const renew = `Deploy: it renews the certificate of ${id} for that name and pins the new one on its partners.`;
    if (namesAddress(certificate, origin))
      return [
        ruleProblem(
          'certificate-address-as-name',
          id,
          `The replication certificate of ${id} has the address of ${origin} as a DNS name, as Kanidm before ${firstWith('address-origin')} wrote it: partners refuse it.`,
          `Deploy: it renews the certificate of ${id} with this version and pins the new one on its partners.`,
        ),
      ];
    return [
      ruleProblem(
        'certificate-for-other-name',
        id,
        `The replication certificate of ${id} is for ${certificate.names.join(', ') || 'no name'}, and its origin is ${origin}.`,
        `${renew} Or use the name in the certificate as origin.`,
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
      if (origin === null || certificate === null || certifies(certificate, origin)) return [];
      return [
        ruleProblem(
          'certificate-name',
          by,
          `${by} would dial ${whom} as ${origin}, but its certificate is for ${certificate.names.join(', ') || 'no name'}.`,
          `Remove ${key} from the link, or use a name that is in the certificate.`,
          { server: by, link: describePull({ consumer: by, supplier: whom }), field: key },
        ),
      ];
    });
  return [...own, ...dialled];
}

/** What a server's file pins is what its partner shows. */
function pins({ servers, byId, ownerOf }: FleetView): readonly Problem[] {
  return servers.flatMap(({ wanted: { id }, observed }) =>
    partnersOf(observed.config).flatMap((partner) => {
      const owner = ownerOf(partner);
      const live = owner === null ? null : (byId.get(owner)?.observed.certificate ?? null);
      if (owner === null || live === null || unpadded(live.text) === unpadded(partner.certificate)) return [];
      return [
        ruleProblem(
          'pin-differs',
          id,
          `${id} pins another certificate for ${owner} than ${owner} shows now (${live.fingerprint}).`,
          'Deploy: it pins the current certificate. If nobody renewed it, find out first who answers there.',
          { server: id, link: describePull({ consumer: id, supplier: owner }) },
        ),
      ];
    }),
  );
}

/** Pins that are no certificate, in tables a deploy keeps; partners of the fleet are pinned again (`pins`). */
function unreadablePins(view: FleetView): readonly Problem[] {
  return keptTables(view)
    .filter(({ partner }) => !readCertificate(partner.certificate, {}).ok)
    .map(({ id, partner }) =>
      ruleProblem(
        'pin-unreadable',
        id,
        `What ${id} pins for ${partner.origin} is no certificate: kanidmd refuses the file at its next start.`,
        `Correct the pin in the server.toml of ${id}, or list the origin under [[removed]].`,
      ),
    );
}
