import { fail, ok, type Place, type Result } from '../base/result';
import { ACKNOWLEDGEMENT, type ConfigProblem, notText, versionUnknown } from './config-problems';
import { readReplication, type ReplicationSection, stringOf } from './replication-section';
import type { ServerConfig } from './server-config';
import { readToml } from './server-toml';
import { startOf, type TomlFile } from '../toml/toml-file';

/**
 * Reads a server.toml, legacy or `version = "2"`, of Kanidm 1.1.0-rc.15 to 1.11, in any spelling of TOML 1.1.
 * @param where the server and the file, for the fault.
 * @returns a fault with line and column when the bytes are no TOML (`server-toml-syntax`, `server-toml-not-utf8`), or
 * when a part Kanilink must understand makes no sense (a partner type, a pin): the codes of `config-problems.ts`. What a
 * certain version of Kanidm refuses beyond that, `checkServerConfig` says.
 */
export function readServerConfig(bytes: Uint8Array, where: Place): Result<ServerConfig> {
  const file = readToml(bytes, where);
  if (!file.ok) return file;
  const { config, problems } = interpret(file.value, where);
  const first = problems[0];
  if (first === undefined) return ok(config);
  const { severity: _severity, ...fault } = first;
  return fail(fault);
}

export interface Interpretation {
  readonly config: ServerConfig;
  readonly replication: ReplicationSection | null;
  /** What cannot be understood, in any version. */
  readonly problems: readonly ConfigProblem[];
}

/** What a parsed file means, and what in it means nothing. */
export function interpret(file: TomlFile, where: Place): Interpretation {
  const problems: ConfigProblem[] = [];
  const replication = readReplication(file, where);
  const config: ServerConfig = {
    version: readVersion(),
    domain: text('domain'),
    origin: text('origin'),
    dbPath: text('db_path'),
    adminBindPath: text('adminbindpath'),
    bindaddress: address('bindaddress'),
    tlsChain: text('tls_chain'),
    tlsKey: text('tls_key'),
    ldapBindaddress: address('ldapbindaddress'),
    onlineBackupPath: text('online_backup', 'path'),
    plainBackups: /^no(?:ne|compression)$/i.test(text('online_backup', 'compression') ?? ''),
    otelCollector: text('otel_grpc_endpoint') ?? text('otel_grpc_url'),
    acknowledgement: file.find([ACKNOWLEDGEMENT]) !== null,
    replication: replication?.config ?? null,
  };
  return { config, replication, problems: [...problems, ...(replication?.problems ?? [])] };

  function readVersion(): ServerConfig['version'] {
    const written = file.find(['version']);
    if (written === null) return 'legacy';
    if (stringOf(written) === '2') return '2';
    problems.push(versionUnknown({ ...where, ...startOf(written.pair.value) }));
    return 'legacy';
  }

  function text(...path: string[]): string | null {
    const written = file.find(path);
    if (written === null) return null;
    const value = stringOf(written);
    if (value === null) problems.push(notText({ ...where, ...startOf(written.pair.value) }, path.join('.')));
    return value;
  }

  /** Version 2 files may list several addresses; the first stands for them. */
  function address(key: string): string | null {
    const value = file.find([key])?.pair.value;
    if (value?.type !== 'TOMLArray') return text(key);
    const first = value.elements[0];
    return first?.type === 'TOMLValue' && first.kind === 'string' ? first.value : null;
  }
}
