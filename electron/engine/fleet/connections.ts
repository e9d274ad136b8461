import { kindOf } from '../../../shared/connect/kinds';
import type { FleetServer } from '../../../shared/fleet/model/fleet';
import type { FoundContainer } from '../../../shared/ipc';
import { onOneLine } from '../../../shared/base/escape-controls';
import { cureOf } from '../../../shared/base/cure';
import { type Fault, fail, ok, type Result } from '../../../shared/base/result';
import type { BelievedFiles, ThisMachine } from '../connect/common/this-machine';
import type { Prompter, ServerConnection } from '../connect/connection';
import type { Call } from '../base/call';
import { dialSsh } from '../connect/docker-over-ssh/dial-ssh';
import { listContainers } from '../connect/docker/unit/list-containers';
import { traced } from '../connect/traced';
import { DialTurns } from './dial-turns';
import { openServer } from './open-server';
import type { DockerEngineChoice } from '../api/engine';
import { absolute } from '../storage/absolute-path';
import { type Clock, systemClock } from '../base/time';
import { type TraceLog, traceCall } from '../base/trace';
import { errorOf } from '../base/unexpected';

export interface ConnectionsOptions {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly prompter: Prompter;
  readonly believed?: BelievedFiles;
  /** A line for the log file. */
  readonly log?: (line: string) => void;
  /** Told of every call. */
  readonly trace?: TraceLog;
  /** What dials a server: by default the transport its entry names. Tests have servers in memory. */
  readonly open?: (
    server: FleetServer,
    fleetPath: string | null,
    call: Call,
  ) => Promise<Result<ServerConnection>>;
  readonly clock?: Clock;
  /** Stands between the engine and a server: what breaks things on purpose in tests. */
  readonly between?: (server: FleetServer, connection: ServerConnection) => ServerConnection;
}

/**
 * The open connections of an engine: one per server as the fleet describes it, opened at first use, shared by all calls
 * until the engine closes. A connection that is being opened is waited for, not opened twice.
 */
export class Connections {
  private readonly open = new Map<string, Promise<Result<ServerConnection>>>();
  /** Servers that refused for a reason that trying again does not cure. */
  private readonly refusals = new Map<string, Fault>();
  /** How the last dial of each server ended, in words. */
  private readonly outcomes = new Map<string, string>();

  private readonly turns: DialTurns;

  constructor(private readonly options: ConnectionsOptions) {
    this.turns = new DialTurns(options.clock ?? systemClock);
  }

  /**
   * @param fleetPath where the fleet file lies: its relative paths start there; null: this process' folder.
   * @returns the connection, or why there is none; a failed one is tried again at the next call.
   */
  async to(server: FleetServer, fleetPath: string | null, call: Call): Promise<Result<ServerConnection>> {
    const key = this.keyOf(server, fleetPath);
    const refused = this.refusals.get(key) ?? this.refusals.get(wayTo(server, fleetPath));
    if (refused) return fail({ ...refused, where: { ...refused.where, server: server.id } });
    const opening = this.open.get(key) ?? this.connectThrough(server, fleetPath, call);
    this.open.set(key, opening);
    const opened = await opening;
    if (!opened.ok && this.open.get(key) === opening) this.open.delete(key);
    if (!opened.ok && !call.signal.aborted) this.refused(server, fleetPath, opened.error);
    return opened;
  }

  /**
   * Remembers what a server refused with, if trying again cannot cure it: each further login would bring the person
   * nearer to being locked out. Until somebody asks, or the server's entry is edited, that is the answer; what refused on the
   * way is the answer of everything behind it.
   */
  refused(server: FleetServer, fleetPath: string | null, fault: Fault): void {
    if (cureOf(fault.code) !== 'person') return;
    this.refusals.set(this.keyOf(server, fleetPath), fault);
    if (ON_THE_WAY.has(fault.code)) this.refusals.set(wayTo(server, fleetPath), fault);
  }

  /** What a connection is of: a server as the fleet describes it, but for its place on the canvas and in the links. */
  keyOf(server: FleetServer, fleetPath: string | null): string {
    return JSON.stringify([fleetPath, { ...server, position: null, refreshFrom: null }]);
  }

  /** Somebody asks: servers that refused are tried again. */
  forgetRefusals(): void {
    this.refusals.clear();
  }

  /** An exception where none was expected, for the log file. @param doing what for which server. */
  note(doing: string, cause: unknown): void {
    const { stack, message } = errorOf(cause);
    this.options.log?.(`unexpected: ${doing}: ${stack ?? message}`);
  }

  /** The containers of an engine that no server of a fleet may have yet. */
  listContainers(
    { endpoint, certificates, fleetPath }: DockerEngineChoice,
    call: Call,
  ): Promise<Result<readonly FoundContainer[]>> {
    const { home, prompter } = this.options;
    const folder = certificates === null ? null : absolute(certificates, home, fleetPath);
    const target = { id: endpoint, endpoint, certificates: folder, ...this.machine };
    return listContainers(target, prompter, call, { dialSsh });
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
    const { between, trace, open = this.connect.bind(this) } = this.options;
    const dial = () => this.turns.take(call.signal, () => open(server, fleetPath, call));
    const opened = await (trace ? traceCall({ trace, server: server.id }, ['connect'], dial) : dial());
    this.tell(server, opened);
    if (!opened.ok) return opened;
    const connection = trace ? traced(server.id, opened.value, trace) : opened.value;
    return ok(between ? between(server, connection) : connection);
  }

  /** Into the log file, when it is news. */
  private tell({ id }: FleetServer, opened: Result<unknown>): void {
    const outcome = opened.ok ? 'connected' : `not connected: ${opened.error.code}: ${opened.error.message}`;
    if (this.outcomes.get(id) === outcome) return;
    this.outcomes.set(id, outcome);
    this.options.log?.(onOneLine(`${id}: ${outcome}`));
  }

  private connect(
    server: FleetServer,
    fleetPath: string | null,
    call: Call,
  ): Promise<Result<ServerConnection>> {
    const { home, prompter } = this.options;
    const whole = (path: string): string => absolute(path, home, fleetPath);
    return openServer(server, whole, this.machine, prompter, call);
  }

  private get machine(): ThisMachine {
    const { home, env, believed } = this.options;
    return { home, env, ...(believed ? { believed } : {}) };
  }
}

/** Faults of a login or a host, which are the same for all containers and units that are reached that way. */
const ON_THE_WAY: ReadonlySet<string> = new Set([
  'authentication-failed',
  'declined',
  'engine-not-protected',
  'engine-permission-denied',
  'engine-tls-failed',
  'forced-command',
  'host-key-changed',
  'host-key-revoked',
  'host-key-unknown',
  'jump-refused',
  'login-shell-refuses',
  'login-unusable',
]);

/** How a server is reached: several containers of one engine are reached in one way. */
function wayTo(server: FleetServer, fleetPath: string | null): string {
  const { connect, endpoint } = server;
  // The files of this computer that the kind knows of, by their fields: those that `resolvePaths` changes.
  const marked = kindOf(server).resolvePaths(server, (path) => `\0${path}`);
  const files = Object.entries(marked).filter(([, value]) => typeof value === 'string' && value[0] === '\0');
  return JSON.stringify(['way', fleetPath, connect, endpoint, files]);
}
