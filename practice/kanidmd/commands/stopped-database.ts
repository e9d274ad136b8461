import type { Config } from '../config/load';
import { readBackup, writeBackup } from '../data/backup';
import { Database } from '../data/database';
import { sayGoodbye, sayPreamble } from '../server/startup-words';
import type { Program } from './program';

/** `database backup PATH` and `database restore PATH`, with the server stopped. @returns the exit code. */
export function runDatabaseCommand(
  what: 'backup' | 'restore',
  file: string,
  config: Config,
  program: Program,
): number {
  const { version, log, clock } = program;
  sayPreamble(config, version, log);
  log.info(what === 'backup' ? 'Running in backup mode ...' : 'Running in restore mode ...');
  const database = Database.open(config.dbPath, config.domain, version, clock.now());
  const trouble = typeof database === 'string' ? database : perform(what, file, database, config, program);
  if (trouble !== undefined) log.error(trouble);
  else log.info(what === 'backup' ? 'Backup success!' : '✅ Restore Success!');
  sayGoodbye(version, log);
  return trouble === undefined ? 0 : 1;
}

function perform(
  what: 'backup' | 'restore',
  file: string,
  database: Database,
  config: Config,
  { version, clock }: Program,
): string | undefined {
  if (what === 'backup') return writeBackup(file, database.now, version.shape);
  const content = readBackup(file, database.now, clock.now(), version.shape);
  if (typeof content === 'string') return content;
  const restored = Database.create(config.dbPath, content);
  return typeof restored === 'string' ? restored : undefined;
}
