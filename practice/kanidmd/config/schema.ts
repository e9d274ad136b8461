import { parsePin, type Pin } from '../certificate';
import type { Version } from '../versions';
import { type ConfigError, debugString } from './errors';
import { inReplication, isTable, Reader, Refusal, refuse, unknownField, wrongType } from './strict-table';

export type PartnerType = 'mutual-pull' | 'pull' | 'allow-pull';

/** One `[replication."repl://NAME:PORT"]` table. */
export interface Partner {
  /** As written, that is how the log names it. */
  origin: string;
  type: PartnerType;
  pin: Pin;
  automaticRefresh: boolean;
}

export interface ReplicationConfig {
  /** As printed: `repl://…` as written, `https://…` with a slash, as a URL library writes it. */
  origin: string;
  bindAddress: string;
  /** Seconds between rounds, default 15, at most 300. */
  taskPollInterval: number;
  partners: readonly Partner[];
}

export interface OnlineBackup {
  enabled: boolean;
  path: string;
  schedule: string;
  versions: number;
}

/** A server.toml that passed the strict reading, before environment variables. */
export interface ServerConfig {
  domain: string | undefined;
  origin: string | undefined;
  dbPath: string | undefined;
  adminBindPath: string | undefined;
  tlsChain: string | undefined;
  tlsKey: string | undefined;
  bindAddress: string | undefined;
  ldapBindAddress: string | undefined;
  role: string;
  acknowledged: boolean;
  onlineBackup: OnlineBackup | undefined;
  replication: ReplicationConfig | undefined;
}

/**
 * Reads a parsed server.toml as strictly as Kanidm: an unknown key or a wrong type refuses the whole file.
 * @param table what the TOML library made of the file.
 * @returns the configuration, or the first thing wrong with it.
 */
export function readSchema(
  table: Readonly<Record<string, unknown>>,
  version: Version,
): ServerConfig | ConfigError {
  try {
    return read(table, version);
  } catch (error) {
    if (error instanceof Refusal) return error.why;
    throw error;
  }
}

function read(table: Readonly<Record<string, unknown>>, version: Version): ServerConfig {
  const known = topLevelKeys(version);
  const legacy = version.shape === 'modern' && !('version' in table);
  for (const key of Object.keys(table)) {
    if (known.includes(key) || (legacy && key === 'trust_x_forward_for')) continue;
    refuse(unknownField(key, known), [], { path: [key], kind: 'key' });
  }
  const reader = new Reader(table, []);
  const format = reader.text('version');
  if (format !== undefined && format !== '2')
    refuse(`unknown variant \`${format}\`, expected \`2\``, ['version'], {
      path: ['version'],
      kind: 'value',
    });
  for (const key of ['db_fs_type', 'tls_client_ca', 'migration_path', 'log_level', 'otel_grpc_url'])
    reader.text(key);
  for (const key of ['thread_count', 'maximum_request_size_bytes', 'db_arc_size']) reader.number(key);
  reader.boolean('trust_x_forward_for');
  return {
    domain: reader.text('domain'),
    origin: reader.text('origin'),
    dbPath: reader.text('db_path'),
    adminBindPath: reader.text('adminbindpath'),
    tlsChain: reader.text('tls_chain'),
    tlsKey: reader.text('tls_key'),
    bindAddress: reader.addresses('bindaddress'),
    ldapBindAddress: reader.addresses('ldapbindaddress'),
    role: readRole(reader),
    acknowledged: reader.boolean('i_acknowledge_that_replication_is_in_development') ?? false,
    onlineBackup: readOnlineBackup(reader.table('online_backup')),
    replication: readReplication(reader.table('replication')),
  };
}

const modernKeys =
  'version domain origin db_path db_fs_type tls_chain tls_key tls_client_ca migration_path bindaddress ' +
  'ldapbindaddress role log_level online_backup http_client_address_info ldap_client_address_info adminbindpath ' +
  'thread_count maximum_request_size_bytes db_arc_size replication otel_grpc_url';
const earlyKeys =
  'domain origin db_path tls_chain tls_key tls_client_ca bindaddress ldapbindaddress role log_level ' +
  'online_backup trust_x_forward_for db_fs_type adminbindpath db_arc_size replication otel_grpc_url';

function topLevelKeys(version: Version): string[] {
  if (version.shape === 'modern') return modernKeys.split(' ');
  const acknowledgement = 'i_acknowledge_that_replication_is_in_development ';
  return earlyKeys
    .replace(
      'replication',
      version.acknowledgement === 'required' ? `${acknowledgement}replication` : 'replication',
    )
    .split(' ');
}

function readRole(reader: Reader): string {
  const roles = ['WriteReplica', 'WriteReplicaNoUI', 'ReadOnlyReplica'];
  const role = reader.text('role') ?? 'WriteReplica';
  if (!roles.includes(role)) {
    const expected = roles.map((one) => `\`${one}\``).join(', ');
    refuse(`unknown variant \`${role}\`, expected one of ${expected}`, ['role'], {
      path: ['role'],
      kind: 'value',
    });
  }
  return (
    { WriteReplicaNoUI: 'write replica (no UI)', ReadOnlyReplica: 'read-only replica' }[role] ??
    'write replica'
  );
}

function readOnlineBackup(reader: Reader | undefined): OnlineBackup | undefined {
  if (!reader) return undefined;
  const known = ['path', 'schedule', 'versions', 'enabled'];
  for (const key of reader.keys())
    if (!known.includes(key))
      refuse(unknownField(key, known), ['online_backup'], { path: ['online_backup', key], kind: 'key' });
  return {
    path: reader.text('path') ?? '',
    schedule: reader.text('schedule') ?? '@daily',
    versions: reader.number('versions') ?? 7,
    enabled: reader.boolean('enabled') ?? true,
  };
}

function readReplication(reader: Reader | undefined): ReplicationConfig | undefined {
  if (!reader) return undefined;
  const origin = reader.text('origin');
  const bindAddress = reader.text('bindaddress');
  if (bindAddress !== undefined && !isSocketAddress(bindAddress))
    refuse('invalid socket address syntax', ['replication', 'bindaddress'], {
      path: ['replication', 'bindaddress'],
      kind: 'value',
    });
  const taskPollInterval = Math.min(reader.number('task_poll_interval') ?? 15, 300);
  const partners = reader
    .keys()
    .filter((key) => !['origin', 'bindaddress', 'task_poll_interval'].includes(key))
    .map((key) => readPartner(key, reader.value(key)));
  if (origin === undefined) return inReplication('missing field `origin`');
  const url = printedUrl(origin);
  if (url === undefined) return inReplication(notUrl(origin));
  return { origin: url, bindAddress: bindAddress ?? '127.0.0.1:8444', taskPollInterval, partners };
}

/** Flattened tables lose their place: every message about a partner points at the header `[replication]`. */
function readPartner(origin: string, value: unknown): Partner {
  if (printedUrl(origin) === undefined) return inReplication(notUrl(origin));
  if (!isTable(value)) return inReplication(wrongType(value, 'internally tagged enum RepNodeConfig'));
  const type = value['type'];
  if (type === undefined) return inReplication('missing field `type`');
  if (type !== 'mutual-pull' && type !== 'pull' && type !== 'allow-pull') {
    const expected = 'expected one of `allow-pull`, `pull`, `mutual-pull`';
    return inReplication(
      typeof type === 'string'
        ? `unknown variant \`${type}\`, ${expected}`
        : wrongType(type, 'variant identifier'),
    );
  }
  const certKey = { 'mutual-pull': 'partner_cert', pull: 'supplier_cert', 'allow-pull': 'consumer_cert' }[
    type
  ];
  const cert = value[certKey];
  if (cert === undefined) return inReplication(`missing field \`${certKey}\``);
  if (typeof cert !== 'string') return inReplication(wrongType(cert, 'a string'));
  const pin = parsePin(cert);
  if (typeof pin === 'string') return inReplication(pin);
  const automatic = type === 'allow-pull' ? undefined : value['automatic_refresh'];
  if (automatic !== undefined && typeof automatic !== 'boolean')
    return inReplication(wrongType(automatic, 'a boolean'));
  return { origin, type, pin, automaticRefresh: automatic ?? false };
}

const notUrl = (text: string) =>
  `invalid value: string ${debugString(text)}, expected relative URL without a base`;

function printedUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  return /^https?:/i.test(text) ? new URL(text).href : text;
}

function isSocketAddress(text: string): boolean {
  return /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:.]+\]):\d{1,5}$/.test(text);
}
