import { statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Config } from '../config/load';
import type { Database } from '../data/database';
import type { Log } from '../log-writer';
import { reindex } from '../replication/refresh';
import { Span } from '../span';
import type { Version } from '../versions';

const secure = 'This could be a security risk ...';

/** What every command says before its own line: the release, and what is wrong with file modes. */
export function sayPreamble(config: Config, version: Version, log: Log): void {
  if (version.shape === 'early') {
    log.aside(`📜 Using config file: "${config.path}"`);
    log.plain('Log filter: Info');
  } else {
    log.aside(logFilter);
    log.info('Starting Kanidmd', [['version', `${version.id} ${version.commit}`]]);
  }
  if (process.getuid?.() === 0) log.warn('This is running as uid == 0 (root) which may be a security risk.');
  sayModes(config.path, log);
  const folder = path.dirname(config.dbPath);
  if (others(folder))
    log.warn(`WARNING: DB folder ${folder} has 'everyone' permission bits in the mode. ${secure}`);
}

/** The last thing a release of 2024 says on stderr. */
export function sayGoodbye(version: Version, log: Log): void {
  if (version.shape === 'early') log.aside('Logging pipeline completed shutdown');
}

/** File modes of the certificate files. @returns false when one is missing, which refuses the start. */
export function sayTlsFiles(config: Config, log: Log): boolean {
  let good = true;
  for (const [what, file] of [['chain', config.tlsChain] as const, ['key', config.tlsKey] as const]) {
    const stats = statSync(file, { throwIfNoEntry: false });
    if (!stats)
      log.error(`Unable to read metadata for TLS ${what} file '${file}' - No such file or directory`);
    else if ((stats.mode & 0o222) !== 0)
      log.warn(`permissions on ${file} may not be secure. Should be readonly to running uid. ${secure}`);
    good &&= stats !== undefined;
  }
  return good;
}

/** The long line with the whole configuration; `TEST` for a configtest. */
export function sayConfiguration(config: Config, version: Version, log: Log, test: boolean): void {
  const early = version.shape === 'early';
  const backup = config.onlineBackup;
  const replication = config.replication;
  const parts = [
    `address: ${config.bindAddress}`,
    `domain: ${config.domain}`,
    'ldap address: disabled',
    `origin: ${config.origin} admin bind path: ${config.adminBindPath}`,
    `thread count: ${test && !early ? 1 : os.availableParallelism()}`,
    `dbpath: ${config.dbPath}`,
    'arcsize: AUTO',
    'max request size: 262144b',
    early ? 'trust X-Forwarded-For: false' : 'http client address info: none, ldap client address info: none',
    'with TLS: true',
    backup
      ? `online_backup: enabled: ${backup.enabled} - schedule: ${backup.schedule} versions: ${backup.versions} path: ${backup.path}`
      : 'online_backup: disabled',
    'integration mode: false',
    `${early ? 'console output format: Text ' : ''}log_level: inforole: ${config.role}`,
    replication
      ? `replication: enabledrepl_origin: ${replication.origin} repl_address: ${replication.bindAddress} integration repl config mode: false`
      : 'replication: disabled',
    `${version.telemetryKey}: None`,
  ];
  log.info(`Starting kanidm with ${test ? 'TEST ' : ''}configuration: ${parts.join(', ')}`);
  if (early) log.plain("The EC private key size is: 256 bits, that's OK!");
}

/** What opening the database says: much for a fresh one, told here in miniature. */
export function sayInitialisation(database: Database, version: Version, log: Log): void {
  const start = new Span('system_initialisation', [], 5);
  if (database.fresh) {
    const e = 'SqliteFailure(Error { code: Unknown, extended_code: 1 }, Some("no such table: id2entry"))';
    log.error('SQLite Error', [
      ['event_tag_id', '1'],
      ['e', e],
    ]);
    tableSteps.forEach((what, index) =>
      log.info(`dbv_id2entry migrated (${what})`, [['entry', String(index + 1)]]),
    );
    start.add(reindex(2.5));
  }
  if (version.reindexes || database.fresh) start.add(new Span('initialise_schema_core', [], 14));
  const level = version.domainLevel;
  if (version.shape === 'early') {
    start.add(new Span('initialise_domain_info', [], 3));
    if (database.fresh) start.warn(`Domain level has been raised to ${level}`);
    start.add(new Span('qswt_commit', [], 3.9));
  } else if (database.fresh) {
    const migrate = new Span(`migrate_domain_${level - 1}_to_${level}`, [], 90).add(reindex(19));
    migrate
      .warn('plugin_domain: Applying domain version transform')
      .warn('delete: no candidates match filter');
    start.add(migrate).warn(`Domain level has been bootstrapped to ${level}`);
    start.warn('Domain patch level has been raised to 0');
  }
  log.finish(start);
  if (version.shape === 'early') return;
  const migrations = [['migration_path', '/data/migrations.d']] as const;
  log.finish(
    new Span('migration_apply', [], 0.04).info(
      'Migration path does not exist - migrations will be skipped.',
      migrations,
    ),
  );
}

/** The schedule of online backups; they are announced here and not made. */
export function sayBackupSchedule(config: Config, log: Log): void {
  const schedule = config.onlineBackup?.schedule;
  if (schedule === undefined) return;
  const full = schedule.split(' ').length === 5 ? `0 ${schedule} *` : schedule;
  log.info(`Provided online backup schedule is: ${schedule}, now being transformed to: ${full}`);
  log.info(`Online backup schedule parsed as: ${full}`);
}

/** When the next online backup would run, for schedules of the form `MINUTE HOUR * * *`. */
export function sayNextBackup(config: Config, now: Date, log: Log): void {
  const found = /^(\d{1,2}) (\d{1,2}) \* \* \*$/.exec(config.onlineBackup?.schedule ?? '');
  if (!found) return;
  const next = new Date(now);
  next.setUTCHours(Number(found[2]), Number(found[1]), 0, 0);
  if (next <= now) next.setUTCDate(next.getUTCDate() + 1);
  const text = next.toISOString().replace('T', ' ').replace('.000Z', ' UTC');
  log.info(
    `Online backup next run on ${text}, wait_time = ${Math.floor((next.getTime() - now.getTime()) / 1000)}s`,
  );
}

/** The hourly clean-up, once. */
export function sayPurge(version: Version, log: Log): void {
  const early = version.shape === 'early';
  const tombstones = new Span('handle_purgetombstoneevent', [], 1.1);
  tombstones.info('Tombstone purge operation success', [['event_tag_id', '3']]);
  if (early) tombstones.add(new Span('qswt_commit', [], 0.6));
  log.finish(tombstones);
  log.finish(new Span('handle_purgerecycledevent', [], 0.2));
  if (!early) log.finish(new Span('handle_purge_delete_after_event', [], 0.18));
}

export const logFilter =
  'Logging filter initialized: "kanidmd_core::https::middleware=info,h2::proto::streams::prioritize=warn,' +
  'kanidmd_core::https::trace=info,tonic=warn,hyper=warn,h2=warn,info"';

const tableSteps = [
  'id2entry, db_sid',
  'db_did',
  'db_op_ts',
  'name2uuid, uuid2spn, uuid2rdn',
  'dbentryv1 -> dbentryv2',
  'externalid2uuid',
  'quarantine',
  'keyhandles',
  'dbentryv2 -> dbentryv3',
  'db_ruv',
];

function sayModes(file: string, log: Log): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats || (stats.mode & 0o222) === 0) return;
  log.warn(`permissions on ${file} may not be secure. Should be readonly to running uid. ${secure}`);
  if (others(file)) log.warn(`WARNING: ${file} has 'everyone' permission bits in the mode. ${secure}`);
  if (stats.uid === process.getuid?.())
    log.warn(`WARNING: ${file} owned by the current uid, which may allow file permission changes. ${secure}`);
}

function others(file: string): boolean {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats !== undefined && (stats.mode & 0o007) !== 0;
}
