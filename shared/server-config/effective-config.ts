import type { ReplicationConfig, ServerConfig } from './server-config';
import { DEFAULT_POLL_INTERVAL, LONGEST_POLL_INTERVAL } from './server-config';
import { isRelease, lacks } from '../versions/versions';

/** `KANIDM_*` variables by name, as the service has them. */
export type Overrides = Readonly<Record<string, string>>;

/**
 * Which of a variable and a line of the file counts where both say something: the variable up to 1.5 and from 1.9 on, the
 * file in 1.6 to 1.8 (measured on 1.8.6, 1.10.5 and 1.11.1). 1.1.0-rc.15 reads no variables. Where the version is not
 * known, the newest rule is assumed.
 */
export function whatCounts(version: string | null): 'variable' | 'file' | 'file only' {
  if (version === null || !isRelease(version)) return 'variable';
  if (lacks(version, 'variables')) return 'file only';
  return lacks(version, 'file-over-variables') ? 'variable' : 'file';
}

/** What replication is with when only variables speak of it. */
const DEFAULT_REPLICATION = { origin: 'repl://localhost:8444', bindaddress: '127.0.0.1:8444' };

/**
 * The configuration a server starts with: its file and the variables of its environment, by the rule of its version. The
 * one place that knows the rule. An edit is made on the file's own meaning, never on this one.
 * @param config what the file says.
 * @param version the program that reads them; null: not known.
 */
export function effectiveConfig(
  config: ServerConfig,
  overrides: Overrides,
  version: string | null,
): ServerConfig {
  const counts = whatCounts(version);
  if (counts === 'file only' || Object.keys(overrides).length === 0) return config;
  const choose = (written: string | null, ...names: readonly string[]): string | null => {
    const variable = names.map((name) => overrides[name]).find((value) => value !== undefined) ?? null;
    return counts === 'variable' ? (variable ?? written) : (written ?? variable);
  };
  const swapped = version !== null && lacks(version, 'database-variable');
  const origin = swapped && overrides['KANIDM_DB_PATH'] !== undefined ? 'KANIDM_DB_PATH' : 'KANIDM_ORIGIN';
  return {
    ...config,
    domain: choose(config.domain, 'KANIDM_DOMAIN'),
    origin: choose(config.origin, origin),
    dbPath: swapped ? config.dbPath : choose(config.dbPath, 'KANIDM_DB_PATH'),
    adminBindPath: choose(config.adminBindPath, adminVariable(version)),
    bindaddress: firstOf(choose(config.bindaddress, 'KANIDM_BINDADDRESS')),
    tlsChain: choose(config.tlsChain, 'KANIDM_TLS_CHAIN'),
    tlsKey: choose(config.tlsKey, 'KANIDM_TLS_KEY'),
    ldapBindaddress: firstOf(choose(config.ldapBindaddress, 'KANIDM_LDAPBINDADDRESS')),
    onlineBackupPath: choose(config.onlineBackupPath, 'KANIDM_ONLINE_BACKUP_PATH'),
    otelCollector: choose(config.otelCollector, ...otelVariables(version)),
    replication: replicationOf(config.replication, overrides, counts),
  };
}

/** The file's section counts whole where the file counts; without one, variables alone switch replication on. */
function replicationOf(
  written: ReplicationConfig | null,
  overrides: Overrides,
  counts: 'variable' | 'file',
): ReplicationConfig | null {
  if (written !== null && counts === 'file') return written;
  const origin = overrides['KANIDM_REPLICATION_ORIGIN'];
  const bindaddress = overrides['KANIDM_REPLICATION_BINDADDRESS'];
  const seconds = pollInterval(overrides['KANIDM_REPLICATION_TASK_POLL_INTERVAL']);
  if (origin === undefined && bindaddress === undefined && seconds === null) return written;
  const base = written ?? { ...DEFAULT_REPLICATION, taskPollInterval: DEFAULT_POLL_INTERVAL, partners: [] };
  return {
    ...base,
    origin: origin ?? base.origin,
    bindaddress: bindaddress ?? base.bindaddress,
    taskPollInterval: seconds ?? base.taskPollInterval,
  };
}

function pollInterval(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,15}$/.test(text)) return null;
  return Math.min(Number(text), LONGEST_POLL_INTERVAL);
}

/** 1.9 alone calls it otherwise. */
const adminVariable = (version: string | null): string =>
  version !== null && isRelease(version) && !lacks(version, 'server-admin-variable')
    ? 'KANIDM_SERVER_ADMIN_BIND_PATH'
    : 'KANIDM_ADMIN_BIND_PATH';

/** The variables this version reads for OpenTelemetry. */
function otelVariables(version: string | null): readonly string[] {
  const both = ['KANIDM_OTEL_GRPC_ENDPOINT', 'KANIDM_OTEL_GRPC_URL'];
  if (version === null || !isRelease(version)) return both;
  return lacks(version, 'otel-endpoint') ? both.slice(1) : both.slice(0, 1);
}

/** A variable lists addresses with commas from 1.9 on; the first stands for them. */
const firstOf = (addresses: string | null): string | null => addresses?.split(',')[0] ?? null;
