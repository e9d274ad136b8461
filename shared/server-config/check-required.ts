import type { Place } from '../base/result';
import { effectiveConfig, type Overrides } from './effective-config';
import { error, type ConfigProblem, warning } from './config-problems';
import type { ServerConfig } from './server-config';
import { startOf, type TomlFile } from '../toml/toml-file';
import { lacks, supports } from '../versions/versions';

/** What a server must be given, by its file or by a variable, and what of a configuration says that it was. */
const REQUIRED = [
  ['domain', 'domain', 'domain = "NAME", the name of the domain'],
  ['origin', 'origin', 'origin = "https://NAME", what people open in their browser'],
  ['tls_chain', 'tlsChain', 'tls_chain = "/PATH/chain.pem", the certificate of HTTPS'],
  ['tls_key', 'tlsKey', 'tls_key = "/PATH/key.pem", the key of that certificate'],
  ['db_path', 'dbPath', 'db_path = "/PATH/kanidm.db", the database'],
] as const satisfies readonly (readonly [string, keyof ServerConfig, string])[];

/**
 * What kanidmd refuses to start without (`kanidm.md`, "Format by version"), and what it is given of which nothing can come: an
 * empty domain, rounds every 0 seconds.
 * @param config what the file means.
 * @param variables `KANIDM_*` of the server's environment; null: not known, so what is missing may stand there.
 */
export function checkRequired(
  file: TomlFile,
  version: string,
  config: ServerConfig,
  variables: Overrides | null,
  where: Place,
): readonly ConfigProblem[] {
  const given = effectiveConfig(config, variables ?? {}, version);
  return [
    ...(variables === null ? [] : checkMissing(file, version, { config, given }, where)),
    ...checkEmptyDomain(file, given, where),
    ...checkRounds(file, given, where),
  ];
}

interface Read {
  /** The file alone. */
  readonly config: ServerConfig;
  /** The file and the environment. */
  readonly given: ServerConfig;
}

function checkMissing(
  file: TomlFile,
  version: string,
  { config, given }: Read,
  where: Place,
): readonly ConfigProblem[] {
  const byVariable = !lacks(version, 'required-by-variable');
  return REQUIRED.flatMap(([key, of, add]): readonly ConfigProblem[] => {
    // A line that says nothing Kanilink can read has its own problem.
    if (file.find([key]) !== null || (byVariable ? given : config)[of] !== null) return [];
    // Releases of that time serve without TLS when they are given neither.
    if (!byVariable && key.startsWith('tls_') && given.tlsChain === given.tlsKey) return [];
    const mayVary = byVariable && (key !== 'db_path' || supports(version, 'database-variable'));
    const instead = mayVary ? `, or set KANIDM_${key.toUpperCase()} in its environment` : '';
    return [
      error(
        'required-key-missing',
        { ...where, field: key },
        `kanidmd ${version} refuses to start without ${key}${byVariable ? ', which neither the file nor a known variable gives' : ''}.`,
        `Add ${add}${instead}.`,
      ),
    ];
  });
}

/** The name of a database that is there already counts (`kanidm.md`, "Rules to check"). */
function checkEmptyDomain(file: TomlFile, { domain }: ServerConfig, where: Place): readonly ConfigProblem[] {
  if (domain !== '') return [];
  return [
    warning(
      'value-unknown',
      { ...where, ...placeOf(file, ['domain']), field: 'domain' },
      'The domain is empty: no origin lies in it, so kanidmd starts with a database only that has a domain already.',
      'Write domain = "NAME", the name of the domain.',
    ),
  ];
}

/** tokio's `interval` panics at a period of nothing, which ends the task of each supplier (read in the sources, 1.2.0 to 1.11.1). */
function checkRounds(file: TomlFile, { replication }: ServerConfig, where: Place): readonly ConfigProblem[] {
  if (replication?.taskPollInterval !== 0) return [];
  return [
    error(
      'poll-interval-zero',
      {
        ...where,
        ...placeOf(file, ['replication', 'task_poll_interval']),
        field: 'replication.task_poll_interval',
      },
      'task_poll_interval is 0: kanidmd starts, and never replicates from any partner.',
      'Write a number of seconds from 1 to 300, or remove it for 15.',
    ),
  ];
}

function placeOf(file: TomlFile, path: readonly string[]): Place {
  const value = file.find(path)?.pair.value;
  return value === undefined ? {} : startOf(value);
}
