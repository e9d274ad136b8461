import type { Fleet } from './fleet/fleet';
import { certificateDates, certificateNames, pins } from './fleet/rules/certificates';
import { unreadablePins } from './fleet/rules/partners';
import { type FleetView, viewFleet } from './fleet/rules/view';
import { readTopology } from './fleet/topology';
import { readCertificate } from './kanidmd/read-certificate';
import type { ServerId } from './names';
import type { ObservedServer } from './observed';
import { type Problem, problemOf } from './problem';

/** `certificates --json`: every server's replication certificate and who pins which. */
export interface CertificatesReport {
  readonly servers: readonly ServerCertificate[];
  /** What is wrong with them, and what kept a server from being read. */
  readonly problems: readonly Problem[];
}

export interface ServerCertificate {
  readonly id: string;
  /** The one it shows now; null: it shows none, or could not be asked. */
  readonly certificate: {
    readonly fingerprint: string;
    readonly notBefore: string;
    readonly notAfter: string;
    readonly names: readonly string[];
  } | null;
  /** Whole days until it ends, by our clock; below zero: it has ended. */
  readonly daysLeft: number | null;
  readonly pinnedBy: readonly CertificatePin[];
}

/** What one partner's file pins for a server. */
export interface CertificatePin {
  readonly server: string;
  /** Null: what it pins is no certificate. */
  readonly fingerprint: string | null;
  /** The very certificate that is shown now; null: none is shown to compare with. */
  readonly current: boolean | null;
}

const DAY = 86_400_000;

/**
 * Expiry and pins of all servers, from the certificates they show and the files they have.
 * @param now milliseconds since the epoch.
 */
export function certificatesReport(
  fleet: Fleet,
  observed: readonly ObservedServer[],
  now: number,
): CertificatesReport {
  const view = viewFleet(fleet, readTopology(fleet), observed, now);
  return {
    servers: view.servers.map(({ wanted: { id }, observed: { certificate } }) => ({
      id,
      certificate:
        certificate === null
          ? null
          : {
              fingerprint: certificate.fingerprint,
              notBefore: certificate.notBefore,
              notAfter: certificate.notAfter,
              names: certificate.names,
            },
      daysLeft: certificate === null ? null : Math.floor((Date.parse(certificate.notAfter) - now) / DAY),
      pinnedBy: pinsOf(view, id),
    })),
    problems: [
      ...observed.flatMap((it) => it.faults.map((fault) => problemOf(fault))),
      ...[certificateDates, certificateNames, pins, unreadablePins].flatMap((rule) => rule(view)),
    ],
  };
}

function pinsOf(view: FleetView, id: ServerId): readonly CertificatePin[] {
  const shown = view.byId.get(id)?.observed.certificate ?? null;
  return view.servers.flatMap(({ wanted, observed }) =>
    (observed.config?.replication?.partners ?? [])
      .filter((table) => view.ownerOf(table.origin) === id)
      .map((table): CertificatePin => {
        const read = readCertificate(table.certificate, {});
        return {
          server: wanted.id,
          fingerprint: read.ok ? read.value.fingerprint : null,
          current: shown === null ? null : plain(shown.text) === plain(table.certificate),
        };
      }),
  );
}

/** Padding says nothing. */
const plain = (text: string): string => text.replace(/=+$/, '');
