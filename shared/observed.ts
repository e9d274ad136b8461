import type { Certificate } from './kanidmd/certificate';
import type { PullHealth, Round, Trouble } from './kanidmd/health';
import type { CertificateText, DomainUuid, ServerId, Sha256 } from './names';
import type { Problem } from './problem';
import type { Fault } from './result';
import type { ServerConfig } from './server-config/server-config';

/** What a probe saw of one server. */
export interface ObservedServer {
  readonly id: ServerId;
  readonly state: 'running' | 'stopped' | 'unreachable';
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

/** From `domain show`. */
export interface Domain {
  readonly name: string;
  readonly uuid: DomainUuid;
  readonly level: number | null;
}

/** What is known of the machine around kanidmd. */
export interface HostFacts {
  readonly configPath: string;
  /** `KANIDM_*` variables set for the service; some win over the file (`kanidm.md`). */
  readonly overrides: Readonly<Record<string, string>>;
  /** Container only; null: not a container. */
  readonly publishedPorts: readonly number[] | null;
  /** Who restarts it. */
  readonly manager: 'systemd' | 'docker' | 'compose' | 'podman-systemd' | 'kubernetes' | 'unknown';
  /** Server's clock minus ours, milliseconds; null: not measured. */
  readonly clockOffsetMs: number | null;
  /** When the running process started, milliseconds since the epoch, the server's clock; null: not running or not known. */
  readonly startedAt: number | null;
  /** From the start line of the log; null: not seen. */
  readonly runningVersion: string | null;
  /** A healthcheck or `active` says so; one sign among others. */
  readonly service: ServiceState;
  /** A container only. */
  readonly container?: ContainerFacts;
  /** Over SSH: what of ~/.ssh/config was not followed on the way to the server, in words. */
  readonly leftOut?: readonly string[];
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
  readonly composeProject: string | null;
  /** The systemd unit that runs it (Podman). */
  readonly unit: string | null;
  /** Whether that unit can be started and stopped over this connection. */
  readonly unitInReach: boolean;
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
}

/** One line of a server's log. */
export interface LogLine {
  /** Microseconds since the epoch, the server's clock. */
  readonly at: number;
  readonly text: string;
}

/** What the log of one server proves since its last start. */
export interface LogEvidence {
  /** Reading started here, microseconds, the server's clock: silence before it proves nothing. */
  readonly from: number;
  /** Reading ended here. */
  readonly to: number;
  /** Last start seen in this stretch, microseconds; null: none, the server was already running. */
  readonly startedAt: number | null;
  readonly runningVersion: string | null;
  /** `Starting replication interface` was seen since. */
  readonly listening: boolean;
  readonly rounds: readonly Round[];
  /** Trouble outside any round since the last start: the listener, refused clients, a refresh request. */
  readonly troubles: readonly (Trouble & { readonly at: number })[];
}

/** A pin, told from the live certificate by its text. */
export interface Pin {
  readonly partner: ServerId;
  readonly certificate: CertificateText;
}

/** `status --json` (`design.md`, "The command line"). */
export interface StatusReport {
  readonly servers: readonly StatusServer[];
  readonly pulls: readonly StatusPull[];
  readonly problems: readonly Problem[];
}

export interface StatusServer {
  readonly id: string;
  readonly state: ObservedServer['state'];
  readonly version: string | null;
  readonly domain: string | null;
  readonly domainUuid: string | null;
  /** Whether its server.toml could be read: else nothing is known of its replication. */
  readonly fileRead: boolean;
  readonly replication: boolean;
  readonly certificate: {
    readonly fingerprint: string;
    readonly notBefore: string;
    readonly notAfter: string;
    readonly names: readonly string[];
  } | null;
}

export type StatusPull = PullHealth;
