import { faultAt, type ServerPlace } from './faults';
import type { Fault } from '../../../../shared/base/result';
import { FLEET_FILE_CHANGED } from '../../../../shared/fleet/model/trust-codes';

/** What connections read of this computer. Given, never looked up, so that tests have their own. */
export interface ThisMachine {
  /** The person's home folder: `~`, `~/.ssh`, `~/.docker`. */
  readonly home: string;
  /** `SSH_AUTH_SOCK`, `USER`, `DOCKER_CONFIG`. `DOCKER_HOST` is never read: the fleet says where a server is. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absent: all files are believed as they are. */
  readonly believed?: BelievedFiles;
}

/** Files that a fleet names and that say whom to believe, as far as a person agreed to what they hold. */
export interface BelievedFiles {
  /** @param path absolute. @param bytes as they were read. @returns false when it holds something else than what was agreed to */
  believes(path: string, bytes: Uint8Array): Promise<boolean>;
  /** Kanilink's own writing into such a file: where the file was believed, so is what it holds afterwards. */
  writing<T>(path: string, write: () => Promise<T>): Promise<T>;
}

/** How a person decides about a fleet file. */
export const HOW_TO_TRUST =
  'See what it would use, and decide: “Review and trust…” in the window, kanilink trust FLEET on the command line.';

/** A file of a fleet's is not what was agreed to. */
export const notBelieved = (where: ServerPlace, path: string): Fault =>
  faultAt(
    where,
    FLEET_FILE_CHANGED,
    `${path} on this machine is not as it was when you trusted the fleet file, so it is not believed`,
    `Look at what changed in it. ${HOW_TO_TRUST}`,
  );
