import type { Config } from '../config/load';
import { Database } from '../data/database';
import { openAdminSocket } from '../server/admin-socket';
import { originTrouble } from '../server/origin-rule';
import {
  sayBackupSchedule,
  sayConfiguration,
  sayGoodbye,
  sayInitialisation,
  sayPreamble,
  sayTlsFiles,
} from '../server/startup-words';
import type { Program } from './program';

/**
 * `kanidmd configtest`: everything a start does but the ports. **It opens the admin socket too**, and leaves it dead:
 * beside a running server every later command fails until a restart (measured).
 * @returns 0 also for refusals that show after the file was read (measured on 1.2.0).
 */
export async function runConfigTest(config: Config, program: Program): Promise<number> {
  const { version, log, clock } = program;
  sayPreamble(config, version, log);
  log.info('Running in server configuration test mode ...');
  if (!sayTlsFiles(config, log)) return 1;
  sayConfiguration(config, version, log, true);
  const database = Database.open(config.dbPath, config.domain, version, clock.now());
  if (typeof database === 'string') {
    log.error(`Failed to open the database: ${database}`);
    return 1;
  }
  sayInitialisation(database, version, log);
  if (!originTrouble(config, log)) {
    sayBackupSchedule(config, log);
    await openAdminSocket(config.adminBindPath, () => Promise.resolve({ answer: 'error' }));
    log.info('This config rocks! 🪨 ', [['event_tag_id', '3']]);
    log.aside('⚠️  UNCLEAN SHUTDOWN OCCURRED ⚠️ ');
  }
  sayGoodbye(version, log);
  return 0;
}
