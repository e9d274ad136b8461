import type { Fleet } from '../model/fleet';
import { check } from './certificates';
import { type FleetView, viewFleet } from './view';
import { readTopology } from '../model/topology';
import { reported } from '../../certificates/certificate';
import type { CertificatePin, CertificatesReport } from '../../certificates/certificates-report';
import { readCertificate } from '../../certificates/read-certificate';
import type { ServerId } from '../../base/names';
import type { ObservedServer } from '../../observed/observed';
import { problemOf } from '../../base/problem';
import { unpadded } from '../../base/base64';
import { partnersOf } from '../../server-config/server-config';

const DAY = 86_400_000;

/**
 * Expiry and pins of all servers, from the certificates they show and the files they have.
 * @param now milliseconds since the epoch.
 */
export function reportCertificates(
  fleet: Fleet,
  observed: readonly ObservedServer[],
  now: number,
): CertificatesReport {
  const view = viewFleet(fleet, readTopology(fleet), observed, now);
  return {
    servers: view.servers.map(({ wanted: { id }, observed: { certificate } }) => ({
      id,
      certificate: certificate === null ? null : reported(certificate),
      daysLeft: certificate === null ? null : Math.floor((Date.parse(certificate.notAfter) - now) / DAY),
      pinnedBy: pinsOf(view, id),
    })),
    problems: [...observed.flatMap((it) => it.faults.map((fault) => problemOf(fault))), ...check(view)],
  };
}

function pinsOf(view: FleetView, id: ServerId): readonly CertificatePin[] {
  const shown = view.byId.get(id)?.observed.certificate ?? null;
  return view.servers.flatMap(({ wanted, observed }) =>
    partnersOf(observed.config)
      .filter((table) => view.ownerOf(table) === id)
      .map((table): CertificatePin => {
        const read = readCertificate(table.certificate, {});
        return {
          server: wanted.id,
          fingerprint: read.ok ? read.value.fingerprint : null,
          current: shown === null ? null : unpadded(shown.text) === unpadded(table.certificate),
        };
      }),
  );
}
