import type { FleetServer } from '../../fleet/model/fleet';
import type { ServerId } from '../../base/names';
import type { ObservedServer } from '../../observed/observed';
import { DEFAULT_POLL_INTERVAL } from '../../server-config/server-config';
import { backupSuffix, configPathOf, databaseOf, runsWith } from '../../observed/observed-config';
import { type Fault, fail, ok, type Result } from '../../base/result';
import { supports } from '../../versions/versions';
import type { Reached, Shell } from '../../connect/kind';
import { kindOf } from '../../connect/kinds';
import { unfitValue } from './unfit-values';

/** A server as the runbook's commands reach it. */
export interface ServerShell extends Shell {
  readonly id: ServerId;
  /** The id as part of a shell name: `idm_a`. No two ids share one, for ids hold no underscore. */
  readonly name: string;
  /** server.toml, on the server. */
  readonly config: string;
  /** The database, on the server; null: not known, so no backup can be made. */
  readonly database: string | null;
  /** What its backups' names end in. */
  readonly backupSuffix: string;
  /** A running server can be backed up, and so compared. */
  readonly onlineBackup: boolean;
  /** Where a copy of its server.toml is tested. */
  readonly testFolder: string;
  /** Seconds within which two rounds and some more have passed. */
  readonly proofSeconds: number;
}

/** The functions that reach one server; a fault when it was never seen as it is. */
export function serverShell(server: FleetServer, observed: ObservedServer, tag: string): Result<ServerShell> {
  const config = configPathOf(observed);
  if (config === null) return fail(unread(server.id));
  const name = server.id.replaceAll('-', '_');
  const database = databaseOf(observed);
  const unfit = unfitValue(server, observed, { config, database });
  if (unfit !== null) return fail(unfit);
  const kind = kindOf(server);
  const reached: Reached = { observed, name, config, database, tag };
  const interval = runsWith(observed)?.replication?.taskPollInterval ?? DEFAULT_POLL_INTERVAL;
  const version = observed.versionOnDisk;
  const onlineBackup = version !== null && supports(version, 'online-backup');
  return ok({
    id: server.id,
    name,
    config,
    database,
    backupSuffix: backupSuffix(observed),
    onlineBackup,
    proofSeconds: 2 * interval + 20,
    testFolder: kind.testFolder(reached),
    ...kind.shell(server, reached),
  });
}

const unread = (server: ServerId): Fault => ({
  code: 'server-not-read',
  message: `${server} could not be read, so nothing exact can be written down for it.`,
  fix: 'Make it reachable, then save the runbook again.',
  where: { server },
});
