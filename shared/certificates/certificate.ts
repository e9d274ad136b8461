import { z } from 'zod';
import { ids } from '../base/ids';
import { shownOnOneLine } from '../base/shown';

/** A replication certificate, read. Made by `readCertificate` in `read-certificate.ts`. */
export const certificate = z
  .object({
    text: ids.certificate,
    fingerprint: ids.fingerprint,
    /** ISO 8601, UTC. */
    notBefore: z.string(),
    /** ISO 8601, UTC. */
    notAfter: z.string(),
    /** The names in it: DNS names and IP addresses of the SAN. */
    names: z.array(shownOnOneLine).readonly(),
    /** Of these, what stands there as an IP address; an address may also stand there as a DNS name, which TLS refuses. */
    addresses: z.array(shownOnOneLine).readonly(),
  })
  .readonly();
export type Certificate = z.output<typeof certificate>;

/** What reports say of a certificate, in the window and in `--json`. */
export const reportedCertificate = z
  .object({
    fingerprint: z.string(),
    notBefore: z.string(),
    notAfter: z.string(),
    names: z.array(shownOnOneLine).readonly(),
  })
  .readonly();
export type ReportedCertificate = z.output<typeof reportedCertificate>;

/** A certificate as reports say it. */
export const reported = ({ fingerprint, notBefore, notAfter, names }: Certificate): ReportedCertificate => ({
  fingerprint,
  notBefore,
  notAfter,
  names,
});
