import type { KeyPath } from './document';
import type { Severity } from '../problem';

/** What a rule about the fleet file found, and where in the file. */
export interface Finding {
  readonly severity?: Severity;
  readonly code: string;
  readonly server?: string;
  readonly message: string;
  readonly fix: string;
  readonly path: KeyPath;
}
