import { z } from 'zod';
import { shownOnOneLine } from '../base/shown';
import { readCertificate } from '../certificates/read-certificate';
import { type Partner, partnerType, type ReplicationConfig } from '../server-config/server-config';

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

/** @param ownerOf whose table it is. */
export function reportReplication(
  config: ReplicationConfig,
  ownerOf: (table: Partner) => string | null,
): ReportedReplication {
  return {
    origin: config.origin,
    bindaddress: config.bindaddress,
    partners: config.partners.map((table) => ({
      origin: table.origin,
      server: ownerOf(table),
      type: table.type,
      automaticRefresh: table.automaticRefresh,
      fingerprint: fingerprintOf(table),
    })),
  };
}

/** A table that was read stays the same object for as long as its file is not read again: its pin is read once. */
const known = new WeakMap<Partner, string | null>();

function fingerprintOf(table: Partner): string | null {
  const before = known.get(table);
  if (before !== undefined) return before;
  const read = readCertificate(table.certificate, {});
  const fingerprint = read.ok ? read.value.fingerprint : null;
  known.set(table, fingerprint);
  return fingerprint;
}
