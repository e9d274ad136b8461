import type { Origin, ServerId } from '../base/names';

/** What every server of a fleet has, however it is reached. */
export interface AnyServer {
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
