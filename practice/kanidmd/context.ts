import type { Clock } from './clock';
import type { Config } from './config/load';
import type { Database } from './data/database';
import type { Log } from './log-writer';
import type { Resolve } from './resolve';
import type { Version } from './versions';

/** What every part of a running server needs. */
export interface Context {
  config: Config;
  version: Version;
  database: Database;
  log: Log;
  clock: Clock;
  resolve: Resolve;
  /** Its environment: knobs that may change while it runs. */
  env: NodeJS.ProcessEnv;
}
