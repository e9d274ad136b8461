import { z } from 'zod';

/** What the fields of an event mean; another number where one that was there means something else, or is gone. */
export const EVENT_FORMAT = 1;

/** A server's id, as an event says it. */
export const server = z.string().max(300);
/** What every event begins with. */
export const about = { format: z.literal(EVENT_FORMAT), at: z.number() };

/** Which certificate of a server. */
export const certificateUse = z.enum(['replication', 'https']);
export type CertificateUse = z.output<typeof certificateUse>;

/** A certificate ends within `days` days; 0: it has ended. Told once for each certificate and number. */
export const certificateDue = z
  .object({
    ...{ ...about, kind: z.literal('certificate-due'), server, use: certificateUse },
    ...{ days: z.number(), notAfter: z.string(), fingerprint: z.string() },
  })
  .readonly();
export type CertificateDue = z.output<typeof certificateDue>;
