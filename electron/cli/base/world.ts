import type { GuardedEngine } from '../../engine/trust/guard-engine';
import type { Paint } from '../text/paint';

/** Everything a command touches: the engine, the two outputs, the person at the terminal. Tests bring their own. */
export interface World {
  readonly engine: GuardedEngine;
  /** Standard output: results only. A line end is added. */
  readonly print: (text: string) => void;
  /** Standard error: progress, questions, complaints. A line end is added. */
  readonly say: (text: string) => void;
  readonly paint: Paint;
  readonly paintSaid: Paint;
  /** Whether standard error is a terminal: somebody looks, and wants to know why nothing happens. */
  readonly interactive: boolean;
  /** The width of the terminal on standard output; null: it is not a terminal. */
  readonly columns: number | null;
  /** Asks the person for a line; null when there is no terminal, or at its end. */
  readonly askLine: (question: string) => Promise<string | null>;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
  /** The environment's variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Exit codes (`design.md`, "The command line"). */
export const exit = {
  /** Well, or nothing to do. */
  well: 0,
  failed: 1,
  /** There are changes, or unhealthy pulls. */
  attention: 2,
  usage: 64,
} as const;
