import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { FleetServer } from '../../shared/fleet/fleet';
import type { FoundContainer } from '../../shared/ipc';
import { ok, type Result } from '../../shared/result';
import type { Call, Person, ServerConnection } from './connect/connection';
import { listContainers } from './connect/docker/list-containers';
import { openDocker } from './connect/docker/open-docker';
import { openSsh } from './connect/ssh/open-ssh';
import type { EngineChoice } from './engine';

export interface ConnectionsOptions {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly person: Person;
  /** Stands between the engine and a server: what breaks things on purpose in tests. */
  readonly between?: (server: FleetServer, connection: ServerConnection) => ServerConnection;
}

/**
 * The open connections of an engine: one per server as the fleet describes it, opened at first use, shared by all calls
 * until the engine closes. A connection that is being opened is waited for, not opened twice.
 */
export class Connections {
  private readonly open = new Map<string, Promise<Result<ServerConnection>>>();

  constructor(private readonly options: ConnectionsOptions) {}

  /**
   * @param fleetPath where the fleet file lies: its relative paths start there; null: this process' folder.
   * @returns the connection, or why there is none; a failed one is tried again at the next call.
   */
  async to(server: FleetServer, fleetPath: string | null, call: Call): Promise<Result<ServerConnection>> {
    const key = JSON.stringify([fleetPath, { ...server, position: null, refreshFrom: null }]);
    const opening = this.open.get(key) ?? this.connectThrough(server, fleetPath, call);
    this.open.set(key, opening);
    const opened = await opening;
    if (!opened.ok && this.open.get(key) === opening) this.open.delete(key);
    return opened;
  }

  /** The containers of an engine that no server of a fleet may have yet. */
  listContainers(
    { endpoint, certificates, fleetPath }: EngineChoice,
    call: Call,
  ): Promise<Result<readonly FoundContainer[]>> {
    const { home, env, person } = this.options;
    const folder = certificates === null ? null : absolute(certificates, home, fleetPath);
    return listContainers({ id: endpoint, endpoint, certificates: folder, home, env }, person, call);
  }

  async close(): Promise<void> {
    const all = [...this.open.values()];
    this.open.clear();
    for (const opening of all) {
      const opened = await opening;
      if (opened.ok) await opened.value.close();
    }
  }

  private async connectThrough(
    server: FleetServer,
    fleetPath: string | null,
    call: Call,
  ): Promise<Result<ServerConnection>> {
    const opened = await this.connect(server, fleetPath, call);
    const { between } = this.options;
    return opened.ok && between ? ok(between(server, opened.value)) : opened;
  }

  private connect(
    server: FleetServer,
    fleetPath: string | null,
    call: Call,
  ): Promise<Result<ServerConnection>> {
    const path = (text: string | null): string | null =>
      text === null ? null : absolute(text, this.options.home, fleetPath);
    const { home, env, person } = this.options;
    if (server.connect === 'docker') {
      const { id, endpoint, container, config } = server;
      const target = { id, endpoint, container, config, certificates: path(server.certificates), home, env };
      return openDocker(target, person, call);
    }
    const { id, endpoint, service, sudo, kanidmd, config } = server;
    return openSsh(
      {
        id,
        endpoint,
        service,
        sudo,
        kanidmd,
        config,
        identity: path(server.identity),
        knownHosts: path(server.knownHosts),
        home,
        env,
      },
      person,
      call,
    );
  }
}

/** `~` is the person's home; relative paths start at the fleet file. */
export function absolute(text: string, home: string, fleetPath: string | null): string {
  if (text === '~' || text.startsWith('~/')) return join(home, text.slice(1));
  if (isAbsolute(text)) return text;
  return fleetPath === null ? resolve(text) : join(dirname(fleetPath), text);
}
