import { readCertificate } from '../certificates/read-certificate';
import type { Partner, ReplicationConfig } from '../server-config/server-config';
import type { ReportedReplication } from './reported-replication';

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
