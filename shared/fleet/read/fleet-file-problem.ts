import type { KeyPath } from '../../toml/toml-file';
import type { FleetFileCode } from '../rules/fleet-file';

/** What a rule about the fleet file found, and where in the file. */
export interface FleetFileProblem {
  readonly code: FleetFileCode;
  readonly server?: string;
  readonly message: string;
  readonly fix: string;
  readonly path: KeyPath;
}
