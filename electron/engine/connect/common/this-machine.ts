/** What connections read of this computer. Given, never looked up, so that tests have their own. */
export interface ThisMachine {
  /** The person's home folder: `~`, `~/.ssh`, `~/.docker`. */
  readonly home: string;
  /** `SSH_AUTH_SOCK`, `USER`, `DOCKER_CONFIG`. `DOCKER_HOST` is never read: the fleet says where a server is. */
  readonly env: Readonly<Record<string, string | undefined>>;
}
