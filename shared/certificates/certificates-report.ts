import { z } from 'zod';
import { problem } from '../base/problem';
import { reportedCertificate } from './certificate';

/** What one partner's file pins for a server. */
const certificatePin = z
  .object({
    server: z.string(),
    /** Null: what it pins is no certificate. */
    fingerprint: z.string().nullable(),
    /** The very certificate that is shown now; null: none is shown to compare with. */
    current: z.boolean().nullable(),
  })
  .readonly();
export type CertificatePin = z.output<typeof certificatePin>;

const serverCertificate = z
  .object({
    id: z.string(),
    /** The one it shows now; null: it shows none, or could not be asked. */
    certificate: reportedCertificate.nullable(),
    /** Whole days until it ends, by our clock; below zero: it has ended. */
    daysLeft: z.number().nullable(),
    pinnedBy: z.array(certificatePin).readonly(),
  })
  .readonly();

/** `certificates --json`: every server's replication certificate and who pins which. */
export const certificatesReport = z
  .object({
    servers: z.array(serverCertificate).readonly(),
    /** What is wrong with them, and what kept a server from being read. */
    problems: z.array(problem).readonly(),
  })
  .readonly();
export type CertificatesReport = z.output<typeof certificatesReport>;
