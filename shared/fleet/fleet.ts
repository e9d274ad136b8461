import type { DomainUuid, Origin, ServerId } from '../names';

/** What the operator wants: the fleet file, read (`design.md`, "The fleet file"). */
export interface Fleet {
  readonly name: string;
  /** Written after the first deploy; a primary with another one is an error. */
  readonly domainUuid: DomainUuid | null;
  readonly servers: readonly FleetServer[];
  readonly links: readonly Link[];
  /** Origins of servers taken out: their tables are removed everywhere. */
  readonly removed: readonly Origin[];
}

export type FleetServer = SshServer | DockerServer;

interface AnyServer {
  readonly id: ServerId;
  /** Path of server.toml on the server; null: found from the unit, or `/data/server.toml` in a container. */
  readonly config: string | null;
  /** What partners dial; null: the server's own file says. */
  readonly origin: Origin | null;
  /** `IP:PORT`; null: the server's own, else `0.0.0.0` and the origin's port. */
  readonly bindaddress: string | null;
  /** Whose data it takes, where it has several suppliers. */
  readonly refreshFrom: ServerId | null;
  readonly position: Position | null;
}

export interface Position {
  readonly x: number;
  readonly y: number;
}

export interface SshServer extends AnyServer {
  readonly connect: 'ssh';
  /** `ssh://user@host[:port]` or `ssh://alias`. */
  readonly endpoint: string;
  /** The systemd unit, without `.service`. */
  readonly service: string;
  /** Run kanidmd and systemctl through `sudo -n`. */
  readonly sudo: boolean;
  /** The program. */
  readonly kanidmd: string;
  /** A key file on this machine; the agent is tried first. Relative paths start at the fleet file. */
  readonly identity: string | null;
  /** Default `~/.ssh/known_hosts`. */
  readonly knownHosts: string | null;
}

export interface DockerServer extends AnyServer {
  readonly connect: 'docker';
  /** `unix://`, `tcp://host:2376`, `ssh://user@host[:port]`, `context://NAME`. */
  readonly endpoint: string;
  readonly container: string;
  /** Folder with `ca.pem`, `cert.pem` and `key.pem` for `tcp://`; null: the Docker config folder. Relative paths start at the fleet file. */
  readonly certificates: string | null;
}

/** A link as drawn: directed, at most one per pair of servers. */
export interface Link {
  /** The side whose data wins at the first refresh. */
  readonly supplier: ServerId;
  readonly consumer: ServerId;
  /** Both ways; false: `pull` on the consumer, `allow-pull` on the supplier. */
  readonly mutual: boolean;
  /** Only ever on the consumer, only where it has this one supplier. */
  readonly automaticRefresh: boolean;
  /** The name this consumer dials for the supplier, when it is not the supplier's origin. */
  readonly supplierOrigin: Origin | null;
  /** The name the supplier dials for the consumer, likewise. */
  readonly consumerOrigin: Origin | null;
}

/** One direction of a link: a consumer fetching from a supplier. Health belongs to a pull. */
export interface Pull {
  readonly consumer: ServerId;
  readonly supplier: ServerId;
}

/** The pulls a link makes: the consumer's, and the supplier's own when it is mutual. */
export function pullsOf(link: Link): readonly Pull[] {
  const forward = { consumer: link.consumer, supplier: link.supplier };
  return link.mutual ? [forward, { consumer: link.supplier, supplier: link.consumer }] : [forward];
}

/** `idm-b ← idm-a`: a pull in words. */
export const describePull = (pull: { consumer: string; supplier: string }): string =>
  `${pull.consumer} ← ${pull.supplier}`;
