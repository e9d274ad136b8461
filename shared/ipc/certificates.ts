import { z } from 'zod';
import type { CertificatesReport } from '../certificates-report';
import { certificate, problem } from './values';

/** Expiry and pins, as they cross to the window. */
export const certificatesReport = z.object({
  servers: z.array(
    z.object({
      id: z.string(),
      certificate: certificate.nullable(),
      daysLeft: z.number().nullable(),
      pinnedBy: z.array(
        z.object({
          server: z.string(),
          fingerprint: z.string().nullable(),
          current: z.boolean().nullable(),
        }),
      ),
    }),
  ),
  problems: z.array(problem),
}) satisfies z.ZodType<CertificatesReport>;
