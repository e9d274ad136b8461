import type { ServerId } from '../../../shared/base/names';
import type { Call } from '../base/call';

/** A call for the status of a fleet. */
export interface StatusCall extends Call {
  readonly wait: boolean;
  /** Proves HTTPS and logins too, which leaves `LOOK_LEAVES` in each server's log. */
  readonly logins?: boolean;
  /** Reads how far each server's changes have come too, from the head of a backup. */
  readonly ruv?: boolean;
  /** Told once when it begins to wait for a round: up to this many milliseconds. */
  readonly waiting?: (limitMs: number) => void;
  /** Told once, when some servers have not answered after a while: these. */
  readonly silent?: (servers: readonly ServerId[]) => void;
}
