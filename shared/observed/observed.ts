import type { Certificate } from '../certificates/certificate';
import type { Domain, LogEvidence } from '../kanidmd/evidence';
import type { Moment } from '../base/moment';
import type { ServerId, Sha256 } from '../base/names';
import type { Fault } from '../base/result';
import type { ServerConfig } from '../server-config/server-config';
import type { ServerState } from './status';

/** What a probe saw of one server. */
export interface ObservedServer {
  readonly id: ServerId;
  readonly state: ServerState;
  /** Why it is unreachable, or what could not be read. */
  readonly faults: readonly Fault[];
  readonly facts: HostFacts | null;
  readonly file: ObservedFile | null;
  readonly config: ServerConfig | null;
  /** The program on disk: `1.10.5`. */
  readonly versionOnDisk: string | null;
  readonly domain: Domain | null;
  /** Null when the server shows none: not running, or no `[replication]`. */
  readonly certificate: Certificate | null;
  /**
   * Whether the database is there that a start would open. Looked at where the process that runs does not prove it: there is
   * none, or it has not read the file. Absent: not looked at, or not known.
   */
  readonly databaseFile?: 'there' | 'missing';
  /** Evidence of the log since the last start, newest last. */
  readonly log: LogEvidence | null;
}

/** A file as it was read; every write states the checksum it expects. */
export interface ObservedFile {
  readonly path: string;
  readonly sha256: Sha256;
  readonly text: string;
  /** Milliseconds since the epoch, the server's clock. */
  readonly modifiedAt: number;
}

/** What is known of the machine around kanidmd. */
export interface HostFacts {
  readonly configPath: string;
  /** `KANIDM_*` variables set for the service; some win over the file (`kanidm.md`, "Environment"). */
  readonly overrides: Readonly<Record<string, string>>;
  /** Container only; null: not a container. */
  readonly publishedPorts: readonly number[] | null;
  /** Who restarts it. */
  readonly manager: 'systemd' | 'docker' | 'compose' | 'podman-systemd' | 'kubernetes' | 'swarm' | 'unknown';
  /** Server's clock minus ours, milliseconds, at `clockReadAt`; null: not measured. */
  readonly clockOffsetMs: number | null;
  /** Our clocks when the server's was read: with them its clock is known from then on, whatever is done to ours. */
  readonly clockReadAt?: Moment;
  /** When the running process started, milliseconds since the epoch, the server's clock; null: not running or not known. */
  readonly startedAt: number | null;
  /** From the start line of the log; null: not seen. */
  readonly runningVersion: string | null;
  /** A healthcheck or `active` says so; one sign among others. */
  readonly service: ServiceState;
  /** A container only. */
  readonly container?: ContainerFacts;
  /** Over SSH: why server.toml cannot be replaced where it lies; null or absent: nothing was found that stands against it. */
  readonly configFixed?: ConfigFixed | null;
  /**
   * When the system noted the last change of server.toml (ctime), milliseconds, the server's clock: whoever keeps a file's
   * time cannot keep that. Absent or null: not told, as of a container.
   */
  readonly configChangedAt?: number | null;
  /** Over SSH: what of ~/.ssh/config was not followed on the way to the server, in words. */
  readonly leftOut?: readonly string[];
}

/** A server.toml that cannot be replaced where it lies. */
export interface ConfigFixed {
  /** Its file system is read-only; it is mounted alone; it may not be changed (`chattr +i`); a store owns it (Nix, Guix). */
  readonly how: 'read-only' | 'mounted-alone' | 'immutable' | 'store';
  /** The file itself, links followed. */
  readonly file: string;
}

/** What the engine says of a server's container. */
export interface ContainerFacts {
  readonly id: string;
  readonly name: string;
  /** As it was named when the container was made. */
  readonly image: string;
  /** `no`, `always`, `unless-stopped`, `on-failure`. */
  readonly restartPolicy: string;
  /** Names of its networks. */
  readonly networks: readonly string[];
  readonly ports: readonly {
    readonly containerPort: number;
    readonly hostIp: string;
    readonly hostPort: number;
  }[];
  readonly mounts: readonly ContainerMount[];
  /** What server.toml lies on; null: it is not there. */
  readonly configOn: 'mount' | 'single-file' | 'read-only' | 'tmpfs' | 'layer' | null;
  /** Whether server.toml's owner can be known, and so kept; null: there is no server.toml. */
  readonly ownerKnown: boolean | null;
  /** Made with `--rm`: it is removed, with its anonymous volumes, whenever it ends. */
  readonly autoRemoved: boolean;
  /** How much memory it may have, bytes; null or absent: as much as there is, or not known. */
  readonly memory?: number | null;
  readonly composeProject: string | null;
  /** The systemd unit that runs it (Podman). */
  readonly unit: string | null;
  /** Whether that unit can be started and stopped over this connection. */
  readonly unitInReach: boolean;
  /** What runs it, and the version of its API that is spoken: `Docker Engine 20.10.24, API 1.41`; null: not known. */
  readonly engine: string | null;
}

export interface ContainerMount {
  /** `bind`, `volume`, `tmpfs`. */
  readonly type: string;
  /** Where it is in the container. */
  readonly destination: string;
  /** The host's path of a bind; a volume's own folder. */
  readonly source: string;
  /** A volume's name. */
  readonly volume: string | null;
  readonly writable: boolean;
}

export interface ServiceState {
  readonly state: 'running' | 'stopped' | 'starting' | 'stopping' | 'failed';
  /** The manager's own words: `active (running)`. */
  readonly detail: string;
  /**
   * What tells the process that runs from every one before and after it, as the manager says, whatever any clock shows.
   * Journals keep it, so its form stays. Absent: none runs, or the manager does not tell.
   */
  readonly process?: string;
}
