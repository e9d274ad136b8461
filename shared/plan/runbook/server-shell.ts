import type { FleetServer } from '../../fleet/fleet';
import type { ServerId } from '../../names';
import type { ObservedServer } from '../../observed';
import { type Fault, fail, ok, type Result } from '../../result';
import { supports } from '../../server-config/versions';
import { dockerShell } from './docker-shell';
import { sshShell } from './ssh-shell';

/** A server as the runbook's commands reach it. */
export interface ServerShell {
  readonly id: ServerId;
  /** The id as part of a shell name: `idm_a`. No two ids share one, for ids hold no underscore. */
  readonly name: string;
  /** How it is reached, in words. */
  readonly reached: string;
  /** server.toml, on the server. */
  readonly config: string;
  /** The database, on the server; null: not known, so no backup can be made. */
  readonly database: string | null;
  /** A running server can be backed up, and so compared. */
  readonly onlineBackup: boolean;
  /** Seconds within which two rounds and some more have passed. */
  readonly proofSeconds: number;
  /**
   * Shell functions, each ending in `_NAME`: `kanidmd ARGUMENT…`, `read PATH`, `write PATH` (replaces a file by its input,
   * owner and mode kept), `test FILE` (has the server's kanidmd test a copy), `service VERB`, `clock` (its own time), `log
   * TIME` (its log since), `backup_folder`, `forget PATH` (a file that must not stay), `restore PATH` (server stopped).
   */
  readonly functions: string;
}

/** What a server's shell functions are made from. */
export interface Reached {
  readonly server: FleetServer;
  readonly observed: ObservedServer;
  readonly name: string;
  readonly config: string;
  readonly database: string | null;
  /** Names the scratch folders on the server: unlike any other runbook's. */
  readonly tag: string;
}

/** The functions that reach one server; a fault when it was never seen as it is. */
export function serverShell(server: FleetServer, observed: ObservedServer, tag: string): Result<ServerShell> {
  const config = observed.file?.path ?? observed.facts?.configPath ?? null;
  if (config === null) return fail(unread(server.id));
  const name = server.id.replaceAll('-', '_');
  const database = observed.facts?.overrides['KANIDM_DB_PATH'] ?? observed.config?.dbPath ?? null;
  const reached: Reached = { server, observed, name, config, database, tag };
  const made = server.connect === 'ssh' ? sshShell(server, reached) : dockerShell(server, reached);
  const interval = observed.config?.replication?.taskPollInterval ?? 15;
  const version = observed.versionOnDisk;
  const onlineBackup = version !== null && supports(version, 'online-backup');
  return ok({
    id: server.id,
    name,
    config,
    database,
    onlineBackup,
    proofSeconds: 2 * interval + 20,
    ...made,
  });
}

const unread = (server: ServerId): Fault => ({
  code: 'server-not-read',
  message: `${server} could not be read, so nothing exact can be written down for it.`,
  fix: 'Make it reachable, then save the runbook again.',
  where: { server },
});
