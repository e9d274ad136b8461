import type { Clock } from '../clock';
import type { Log } from '../log-writer';
import type { Resolve } from '../resolve';
import type { Version } from '../versions';

/** What every command gets: the release it pretends to be, and its ways to the world. */
export interface Program {
  version: Version;
  log: Log;
  clock: Clock;
  resolve: Resolve;
  env: NodeJS.ProcessEnv;
}
