import type { Invocation } from './arguments';
import type { World } from './world';

/** One word of the command line: `kanilink NAME …`. */
export interface Command {
  readonly name: string;
  /** What follows the name. */
  readonly usage: string;
  /** One line. */
  readonly summary: string;
  readonly takesFleet: boolean;
  /** Takes servers' endpoints instead, and makes the fleet file named by `--output`. */
  readonly takesEndpoints?: true;
  /** Takes a file that is no fleet file instead, and what that is: `a server.toml`. */
  readonly takesFile?: string;
  /** Options beside `--json`, `--config-dir` and `--help`. */
  readonly options: readonly string[];
  /** The option it cannot do without, and what that names: `server`, `whose certificate is renewed`. */
  readonly needs?: {
    readonly option: 'consumer' | 'erase' | 'output' | 'server' | 'version';
    readonly names: string;
  };
  /** More for `kanilink help NAME`: the JSON and what the exit codes mean here. */
  readonly details: string;
  /** @returns the exit code. */
  readonly run: (invocation: Invocation, world: World) => Promise<number>;
}
