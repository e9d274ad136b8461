import type { StatusServer } from '../observed';
import type { Problem } from '../problem';
import type { Step } from '../plan/plan';

/** What the window shows; plain data made by the engine. */

/** A plan for a person: what each step does, changes and erases. */
export interface PlanView {
  /** Names this very plan: a deploy runs only if planning again gives the same. */
  readonly fingerprint: string;
  readonly blocked: boolean;
  readonly steps: readonly {
    readonly id: string;
    readonly server: string;
    readonly action: Step['action'];
    readonly needs: readonly string[];
    readonly requires: readonly string[];
    /** Nobody can log in on its server for a moment. */
    readonly restarts: boolean;
    readonly summary: string;
    readonly why: string;
    readonly risk: string;
    readonly diff: string;
    readonly erases: readonly string[];
  }[];
  readonly problems: readonly Problem[];
}

/** The answer to "test connection". */
export interface ServerReport extends StatusServer {
  readonly domainLevel: number | null;
  readonly configPath: string | null;
  /** The replication origin its file has. */
  readonly origin: string | null;
  readonly clockOffsetMs: number | null;
  readonly problems: readonly Problem[];
}

/** One line of the merged log: what it means, and the line itself. */
export interface LogLineView {
  /** Microseconds since the epoch, the server's clock. */
  readonly at: number;
  readonly server: string;
  readonly level: 'info' | 'good' | 'warn' | 'bad';
  readonly meaning: string;
  readonly raw: string;
  /** The pull this line belongs to, when it belongs to one. */
  readonly pull: { readonly consumer: string; readonly supplier: string } | null;
}
