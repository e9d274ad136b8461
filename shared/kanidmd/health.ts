import { z } from 'zod';
import { remedy, type RemedyKind } from '../base/remedy';
import { shown } from '../base/shown';
import { proof } from './proof';

/** What a pull is doing, as far as it is proved (`design.md`, "Health, honestly"). */
export const health = z.enum(['replicating', 'waiting', 'needs-refresh', 'broken', 'paused', 'unknown']);
export type Health = z.output<typeof health>;

/** One run of a pull, read from the consumer's log. */
export interface Round {
  /** Microseconds since the epoch, the server's clock: when the span was printed, which is at its end. */
  readonly at: number;
  /** The span's uuid. */
  readonly span: string;
  readonly kind: 'incremental' | 'refresh';
  /** The supplier's host (`server_name`, or `domain` on 1.2.0). */
  readonly supplierHost: string;
  /** Ports dialled, from `sock_addrs`. Hosts alone do not tell partners on one host apart. */
  readonly ports: readonly number[];
  /** Whether the process has `automatic_refresh` for this supplier; absent: the head does not say, as of a refresh. */
  readonly automaticRefresh?: boolean;
  /** Milliseconds; null when not printed. */
  readonly took: number | null;
  readonly outcome: RoundOutcome;
  /** The span's own lines, for evidence. */
  readonly lines: readonly string[];
}

/** `success` means the consumer printed its success line and nothing in the span speaks against it. */
export type RoundOutcome =
  { readonly kind: 'success' } | { readonly kind: 'trouble'; readonly trouble: Trouble };

/** Trouble with its cause and fix, from the table in (`kanidm.md`, "What the lines mean"). */
export interface Trouble {
  /** Stable, kebab-case: `certificate-renewed`. */
  readonly code: string;
  readonly health: Exclude<Health, 'replicating' | 'waiting'>;
  readonly cause: string;
  readonly fix: string;
  /** What a button can do about it, and to whom; of what a supplier says, it is the supplier. */
  readonly remedy?: CauseRemedy;
  /** The line that says so. */
  readonly evidence: string;
}

/** What is done, and to which end of the pull. */
export type CauseRemedy = readonly [kind: RemedyKind, whom: 'consumer' | 'supplier'];

/** The health of one pull with its reason. */
export const pullHealth = z
  .object({
    consumer: z.string(),
    supplier: z.string(),
    health,
    /** One sentence: why; for `replicating` what proves it. */
    cause: shown,
    /** One sentence: what to do; empty when nothing is to be done. */
    fix: shown,
    /** What a button can do about it; absent: nothing certain. */
    remedy: remedy.exactOptional(),
    /** The lines that prove it, of both ends; absent: no line does. */
    proof: z.array(proof).readonly().exactOptional(),
    /** ISO 8601: the end of the newest good round; null when none was seen. */
    lastSuccess: z.string().nullable(),
    /** ISO 8601: when the consumer last took the supplier's whole database, since its start; absent: not seen. */
    lastRefresh: z.string().exactOptional(),
  })
  .readonly();
export type PullHealth = z.output<typeof pullHealth>;
