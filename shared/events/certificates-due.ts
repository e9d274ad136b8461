import type { StatusReport } from '../observed/status';
import { type CertificateDue, type CertificateUse, EVENT_FORMAT } from './certificate-due';
import type { FleetEvent } from './fleet-event';

/** Days before its end at which a certificate is told of; 0: it has ended. */
const STAGES = [0, 1, 7, 30] as const;
const DAY = 86_400_000;

/** A certificate that some server shows. */
export interface ShownCertificate {
  readonly server: string;
  readonly use: CertificateUse;
  readonly fingerprint: string;
  /** ISO 8601. */
  readonly notAfter: string;
}

/** The certificates a report tells of. */
export const certificatesOf = (report: StatusReport): readonly ShownCertificate[] => [
  ...report.servers.flatMap(({ id, certificate }) => shownBy(id, 'replication', certificate)),
  ...(report.serves?.servers ?? []).flatMap((it) => shownBy(it.server, 'https', it.certificate)),
];

const shownBy = (
  server: string,
  use: CertificateUse,
  certificate: { readonly fingerprint: string; readonly notAfter: string } | null,
): readonly ShownCertificate[] =>
  certificate === null
    ? []
    : [{ server, use, fingerprint: certificate.fingerprint, notAfter: certificate.notAfter }];

/**
 * The stage a certificate is at; null: more than 30 days are left.
 * @param at milliseconds since the epoch.
 */
export function dueStage(notAfter: string, at: number): number | null {
  const left = Date.parse(notAfter) - at;
  // A date that cannot be read is no certificate that is valid.
  if (Number.isNaN(left) || left <= 0) return 0;
  return STAGES.find((days) => left <= days * DAY) ?? null;
}

/** Tells of each certificate once at 30, 7 and 1 days before its end, and at its end. */
export class CertificatesDue {
  private readonly told = new Map<string, CertificateDue>();

  /** @param told of before, as by a start before this one: they are not told again. */
  constructor(told: readonly CertificateDue[] = []) {
    for (const event of told) this.told.set(certificateKey(event), event);
  }

  /** What was told, of certificates of which no later one was seen. One that nobody shows now may well be there. */
  get standing(): readonly CertificateDue[] {
    return [...this.told.values()];
  }

  /** @param at milliseconds since the epoch. */
  look(certificates: readonly ShownCertificate[], at: number): readonly CertificateDue[] {
    return certificates.flatMap((certificate) => {
      const key = certificateKey(certificate);
      const days = dueStage(certificate.notAfter, at);
      const before = this.told.get(key);
      if (days === null) {
        this.told.delete(key);
        return [];
      }
      // A clock that was set back tells nothing again.
      if (before?.fingerprint === certificate.fingerprint && before.days <= days) return [];
      const event = { format: EVENT_FORMAT, at, kind: 'certificate-due', days, ...certificate } as const;
      this.told.set(key, event);
      return [event];
    });
  }
}

type Whose = Pick<ShownCertificate, 'server' | 'use'>;
type Shown = Pick<ShownCertificate, 'fingerprint' | 'notAfter'>;

/** That a server shows another certificate than before; nothing where one of them was not seen. */
export const certificateChanged = (
  at: number,
  { server, use }: Whose,
  was: Shown | null,
  now: Shown | null,
): readonly FleetEvent[] =>
  was === null || now === null || was.fingerprint === now.fingerprint
    ? []
    : [
        {
          ...{ format: EVENT_FORMAT, at, kind: 'certificate-changed', server, use },
          ...{ from: was.fingerprint, to: now.fingerprint, notAfter: now.notAfter },
        },
      ];

/** What tells one certificate from another, whichever a server shows for this use. */
export const certificateKey = ({ server, use }: Whose): string => `certificate ${use} ${server}`;
