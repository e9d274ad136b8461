import { ACKNOWLEDGEMENT } from './findings';
import type { ServerConfig } from './server-config';
import { compareVersions } from './versions';

/** Recorded on 1.2.0 (`cfg-ack-line`), the newest legacy list a server printed. */
const legacy = [
  'domain',
  'origin',
  'db_path',
  'tls_chain',
  'tls_key',
  'tls_client_ca',
  'bindaddress',
  'ldapbindaddress',
  'role',
  'log_level',
  'online_backup',
  'trust_x_forward_for',
  'db_fs_type',
  'adminbindpath',
  'db_arc_size',
  'replication',
  'otel_grpc_url',
];

/** Recorded on 1.10.5 (`cfg-ack-line-on-new-version`). */
const version2 = [
  'version',
  'domain',
  'origin',
  'db_path',
  'db_fs_type',
  'tls_chain',
  'tls_key',
  'tls_client_ca',
  'migration_path',
  'bindaddress',
  'ldapbindaddress',
  'role',
  'log_level',
  'online_backup',
  'http_client_address_info',
  'ldap_client_address_info',
  'adminbindpath',
  'thread_count',
  'maximum_request_size_bytes',
  'db_arc_size',
  'replication',
  'otel_grpc_url',
];

/** Legacy files took these between 1.2 and 1.10, in versions nobody recorded; old ones took `output_mode`. */
const legacyAtSomeTime = [
  ...legacy,
  'thread_count',
  'maximum_request_size_bytes',
  'output_mode',
  ACKNOWLEDGEMENT,
];

/** From here on keys may exist that nobody recorded. */
const BEYOND = '1.12.0';

/**
 * Whether `version` refuses to start because of this top-level key. Where no recording says so the answer is no: a
 * staged `configtest` by the server itself decides before anything is written.
 * @param form legacy files and `version = "2"` files take different keys.
 */
export function refusesKey(version: string, form: ServerConfig['version'], key: string): boolean {
  if (compareVersions(version, BEYOND) >= 0) return false;
  if (form === '2') return !version2.includes(key);
  if (key === 'version') return false;
  return version.startsWith('1.2.') ? !legacy.includes(key) : !legacyAtSomeTime.includes(key);
}
