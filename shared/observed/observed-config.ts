import type { Origin } from '../base/names';
import type { ObservedServer } from './observed';
import { parseOrigin } from '../base/origin';
import { effectiveConfig, type Overrides } from '../server-config/effective-config';
import { partnersOf, type ServerConfig } from '../server-config/server-config';
import { lacks } from '../versions/versions';

/** What an observed server runs with: its program, and the configuration that program makes of file and environment. */

/** The program that runs, else the one on disk; null: not known. */
export const versionOf = ({ facts, log, versionOnDisk }: Program): string | null =>
  facts?.runningVersion ?? log?.runningVersion ?? versionOnDisk;

type Program = Pick<ObservedServer, 'facts' | 'log' | 'versionOnDisk'>;

/** File and environment by the rule of its version (`effectiveConfig`); null: its file could not be read. */
export function runsWith(observed: Program & Pick<ObservedServer, 'config'>): ServerConfig | null {
  const { config, facts } = observed;
  if (config === null) return null;
  const [version, overrides] = [versionOf(observed), facts?.overrides ?? NO_OVERRIDES];
  const known = effective.get(config);
  if (known?.version === version && known.overrides === overrides) return known.config;
  const made = { version, overrides, config: effectiveConfig(config, overrides, version) };
  effective.set(config, made);
  return made.config;
}

/** The same after its next start: the program on disk reads the file that lies there. */
export const willRunWith = ({
  config,
  facts,
  versionOnDisk,
}: Pick<ObservedServer, 'config' | 'facts' | 'versionOnDisk'>): ServerConfig | null =>
  config === null ? null : effectiveConfig(config, facts?.overrides ?? NO_OVERRIDES, versionOnDisk);

/** A path of server.toml that says where it is by itself; from where kanidmd reads another one is not known. */
export const isAbsolute = (path: string): boolean => path.startsWith('/');

/**
 * Whether a server has a database to lose: it says its domain, or, where it says nothing, it has partners.
 * @param config what it is to start with.
 */
export const holdsDatabase = (domain: string | null, config: ServerConfig): boolean =>
  domain !== null || partnersOf(config).length > 0;

const NO_OVERRIDES: Overrides = {};
/** What was made of a configuration as it was read: every judgement asks for it many times. */
const effective = new WeakMap<
  ServerConfig,
  { readonly version: string | null; readonly overrides: Overrides; readonly config: ServerConfig }
>();

/** Whether it takes part in replication: by its file, or by its environment alone. */
export const replicates = (observed: Program & Pick<ObservedServer, 'config'>): boolean =>
  (runsWith(observed)?.replication ?? null) !== null;

/** Where its server.toml lies; null: not known. */
export const configPathOf = ({ facts }: Pick<ObservedServer, 'facts'>): string | null =>
  facts?.configPath ?? null;

/** Where its database lies; null: not known. */
export const databaseOf = (observed: ObservedServer): string | null => runsWith(observed)?.dbPath ?? null;

/**
 * What the name of its backup must end in, for a restore goes by it: kanidmd writes the same whatever the name. Plain JSON
 * before 1.8, and where `[online_backup]` says so.
 */
export function backupSuffix(observed: Program & Pick<ObservedServer, 'config'>): '.json' | '.json.gz' {
  const version = versionOf(observed);
  const plain =
    (version !== null && lacks(version, 'packed-backup')) || observed.config?.plainBackups === true;
  return plain ? '.json' : '.json.gz';
}

/** What it calls itself towards partners; null: no replication, or no usable origin. */
export function ownOrigin(observed: ObservedServer): Origin | null {
  const text = runsWith(observed)?.replication?.origin ?? null;
  return text === null ? null : (parseOrigin(text)?.origin ?? null);
}

/** Every origin it has, by its file and by what it runs with: partners may dial either. */
export const everyOrigin = (observed: ObservedServer): readonly Origin[] => [
  ...new Set(
    [parseOrigin(observed.config?.replication?.origin ?? '')?.origin, ownOrigin(observed)].filter(
      (it) => it !== undefined && it !== null,
    ),
  ),
];

/** `IP:PORT` it listens on for partners; null: no replication. */
export const ownBindaddress = (observed: ObservedServer): string | null =>
  runsWith(observed)?.replication?.bindaddress ?? null;
