import type { CertificateText, Fingerprint } from '../names';

/** A replication certificate, read. Made by `readCertificate` in `read-certificate.ts`. */
export interface Certificate {
  readonly text: CertificateText;
  readonly fingerprint: Fingerprint;
  /** ISO 8601, UTC. */
  readonly notBefore: string;
  /** ISO 8601, UTC. */
  readonly notAfter: string;
  /** The names in it: DNS names and IP addresses of the SAN. */
  readonly names: readonly string[];
}
