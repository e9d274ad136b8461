import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, TomlError } from 'smol-toml';
import type { Version } from '../versions';
import { errorLines, type ConfigError } from './errors';
import { findPositions } from './positions';
import { readSchema, type OnlineBackup, type ReplicationConfig } from './schema';

/** The configuration a server runs with: file and environment together. */
export interface Config {
  path: string;
  domain: string;
  origin: string;
  dbPath: string;
  adminBindPath: string;
  tlsChain: string;
  tlsKey: string;
  bindAddress: string;
  role: string;
  onlineBackup: OnlineBackup | undefined;
  replication: ReplicationConfig | undefined;
}

/** Why a configuration was refused: whole lines for stderr, printed before the log starts. */
export interface Refused {
  refused: readonly string[];
}

/**
 * Reads a server.toml, strictly, and lays the KANIDM_ variables over it.
 * @param env where the variables are taken from. On 1.2.0 `KANIDM_DB_PATH` overwrites the origin (measured).
 */
export function loadConfig(file: string, env: NodeJS.ProcessEnv, version: Version): Config | Refused {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return { refused: [`Unable to open config file ["${file}"] 🥺: ${code}`] };
  }
  const table = parseToml(text);
  const config = 'error' in table ? table.error : readSchema(table.value, version);
  if ('message' in config) return { refused: errorLines(file, text, config, version) };
  if (version.acknowledgement === 'required' && config.replication && !config.acknowledged)
    return { refused: ['Unable to proceed. Replication should not be configured manually.'] };

  const from = (name: string) => env[`KANIDM_${name}`];
  const dbPath = (version.shape === 'early' ? undefined : from('DB_PATH')) ?? config.dbPath;
  const origin = (version.shape === 'early' ? from('DB_PATH') : undefined) ?? from('ORIGIN') ?? config.origin;
  const domain = from('DOMAIN') ?? config.domain;
  const tlsChain = from('TLS_CHAIN') ?? config.tlsChain;
  const tlsKey = from('TLS_KEY') ?? config.tlsKey;
  const missing = Object.entries({ domain, origin, db_path: dbPath, tls_chain: tlsChain, tls_key: tlsKey })
    .filter(([, value]) => value === undefined)
    .map(([name]) => `❌ '${name}' field in server configuration is not set, server cannot start!`);
  if (!domain || !origin || !dbPath || !tlsChain || !tlsKey)
    return { refused: [...missing, 'Failed to parse configuration, server cannot start!'] };
  return {
    path: file,
    domain,
    origin: printedOrigin(origin, version),
    dbPath,
    adminBindPath:
      from('ADMIN_BIND_PATH') ?? config.adminBindPath ?? path.join(path.dirname(dbPath), 'kanidmd.sock'),
    tlsChain,
    tlsKey,
    bindAddress: from('BINDADDRESS') ?? config.bindAddress ?? '127.0.0.1:8443',
    role: config.role,
    onlineBackup: config.onlineBackup,
    replication: config.replication && overlay(config.replication, from),
  };
}

/** KANIDM_REPLICATION_* win over the file; they don't switch replication on by themselves. */
function overlay(config: ReplicationConfig, from: (name: string) => string | undefined): ReplicationConfig {
  const interval = Number(from('REPLICATION_TASK_POLL_INTERVAL'));
  return {
    ...config,
    origin: from('REPLICATION_ORIGIN') ?? config.origin,
    bindAddress: from('REPLICATION_BINDADDRESS') ?? config.bindAddress,
    taskPollInterval: interval > 0 ? Math.min(interval, 300) : config.taskPollInterval,
  };
}

function printedOrigin(origin: string, version: Version): string {
  return version.shape === 'modern' && URL.canParse(origin) ? new URL(origin).href : origin;
}

function parseToml(text: string): { value: Record<string, unknown> } | { error: ConfigError } {
  try {
    return { value: parse(text) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [first = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
    const message = first.startsWith('trying to redefine') ? 'duplicate key' : first;
    return { error: { message, keys: [], at: syntaxPlace(text, error), stage: 'version' } };
  }
}

/** A duplicate header is pointed at by its last part alone (recorded: the quoted origin, not the brackets). */
function syntaxPlace(text: string, error: TomlError): { start: number; end: number } {
  const line = error.line - 1;
  const lines = text.split('\n');
  const here = lines[line] ?? '';
  const offset = Buffer.byteLength(lines.slice(0, line).join('\n')) + (line > 0 ? 1 : 0);
  const header = findPositions(text).find((position) => position.line === line && position.kind === 'header');
  const last = header ? /("[^"]*"|'[^']*'|[A-Za-z0-9_-]+)\s*\]/.exec(here) : null;
  if (last?.[1] !== undefined) {
    const start = offset + Buffer.byteLength(here.slice(0, last.index));
    return { start, end: start + Buffer.byteLength(last[1]) };
  }
  const start = offset + Math.max(error.column - 1, 0);
  return { start, end: Math.min(start + 1, Buffer.byteLength(text)) };
}
