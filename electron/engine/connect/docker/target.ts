/** One container of the fleet, as the Docker connection needs it; paths are absolute. */
export interface DockerTarget {
  readonly id: string;
  /** `unix:///path`, `tcp://host:port`, `ssh://user@host[:port]`, `context://NAME`. */
  readonly endpoint: string;
  /** A container's name or id. */
  readonly container: string;
  /** Path of server.toml in the container; null: found from its command and environment. */
  readonly config: string | null;
  /** Folder with `ca.pem`, `cert.pem` and `key.pem` for `tcp://`; null: the Docker config folder. */
  readonly certificates: string | null;
  /** The person's home folder: `~/.docker`, `~/.ssh`. Given, never looked up, so that tests have their own. */
  readonly home: string;
  /** `DOCKER_CONFIG`, and what SSH needs. `DOCKER_HOST` is never read: the fleet says where a server is. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** How an engine is reached: a target without its container. */
export type EngineTarget = Pick<DockerTarget, 'id' | 'endpoint' | 'certificates' | 'home' | 'env'>;
