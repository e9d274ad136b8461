import type { DomainUuid } from '../base/names';
import type { Round, Trouble } from './health';

/** From `domain show`. */
export interface Domain {
  readonly name: string;
  readonly uuid: DomainUuid;
  readonly level: number | null;
}

/** One line of a server's log. */
export interface LogLine {
  /** Microseconds since the epoch, the server's clock. */
  readonly at: number;
  readonly text: string;
}

/** What the log of one server proves since its last start. */
export interface LogEvidence {
  /** Reading started here, microseconds, the server's clock: silence before it proves nothing. */
  readonly from: number;
  /** Reading ended here. */
  readonly to: number;
  /** Last start seen in this stretch, microseconds; null: none, the server was already running. */
  readonly startedAt: number | null;
  readonly runningVersion: string | null;
  /** `Starting replication interface` was seen since. */
  readonly listening: boolean;
  readonly rounds: readonly Round[];
  /** Trouble outside any round since the last start: the listener, refused clients, a refresh request. */
  readonly troubles: readonly SaidTrouble[];
}

/** Trouble with its time, microseconds. `wrote`: the time as the server wrote it, where `at` was brought to another clock. */
export type SaidTrouble = Trouble & { readonly at: number; readonly wrote?: number };
