/** One server of the fleet, as the SSH connection needs it; paths are absolute, `~` and the fleet file's folder resolved. */
export interface SshTarget {
  readonly id: string;
  /** `ssh://user@host[:port]` or `ssh://alias`. */
  readonly endpoint: string;
  /** The systemd unit; `.service` may be left out. */
  readonly service: string;
  /** kanidmd, systemctl, journalctl and the files through `sudo -n`. */
  readonly sudo: boolean;
  /** The program: a name or a path. */
  readonly kanidmd: string;
  /** Path of server.toml on the server; null: found from the unit. */
  readonly config: string | null;
  /** A private key on this machine; null: ~/.ssh/config or ssh's defaults. */
  readonly identity: string | null;
  /** Null: ~/.ssh/config or ssh's defaults. */
  readonly knownHosts: string | null;
  /** The person's home folder: `~`, `~/.ssh`. Given, never looked up, so that tests have their own. */
  readonly home: string;
  /** `SSH_AUTH_SOCK`, `USER`. */
  readonly env: Readonly<Record<string, string | undefined>>;
}
