import { z } from 'zod';
import { shownOnOneLine } from '../base/shown';
import { partnerType } from '../server-config/server-config';

/** A partner table as reports tell it. */
export const reportedPartner = z
  .object({
    origin: shownOnOneLine,
    /** The server of the fleet whose table it is; null: no server that the fleet knows. */
    server: z.string().nullable(),
    type: partnerType,
    automaticRefresh: z.boolean(),
    /** Of the certificate that is pinned; null: what is pinned is no certificate. */
    fingerprint: z.string().nullable(),
  })
  .readonly();
export type ReportedPartner = z.output<typeof reportedPartner>;

/** What a server's own configuration, file and environment, says of replication, as reports tell it. */
export const reportedReplication = z
  .object({
    origin: shownOnOneLine.nullable(),
    bindaddress: shownOnOneLine.nullable(),
    partners: z.array(reportedPartner).readonly(),
  })
  .readonly();
export type ReportedReplication = z.output<typeof reportedReplication>;
