/** What a pull is doing, as far as it is proved (`design.md`, "Health, honestly"). */
export type Health = 'replicating' | 'waiting' | 'needs-refresh' | 'broken' | 'paused' | 'unknown';

/** One run of a pull, read from the consumer's log. */
export interface Round {
  /** Microseconds since the epoch, the server's clock: when the span was printed, which is at its end. */
  readonly at: number;
  /** The span's uuid. */
  readonly span: string;
  readonly kind: 'incremental' | 'refresh';
  /** The supplier's host (`server_name`, or `domain` on 1.2.0). */
  readonly supplierHost: string;
  /** Ports dialled, from `sock_addrs`; hosts alone do not tell partners on one host apart. */
  readonly ports: readonly number[];
  /** Milliseconds; null when not printed. */
  readonly took: number | null;
  readonly outcome: RoundOutcome;
  /** The span's own lines, for evidence. */
  readonly lines: readonly string[];
}

/** `success` means the consumer printed its success line and nothing in the span speaks against it. */
export type RoundOutcome =
  { readonly kind: 'success' } | { readonly kind: 'trouble'; readonly trouble: Trouble };

/** Trouble with its cause and fix, from the table in `kanidm.md`. */
export interface Trouble {
  /** Stable, kebab-case: `certificate-renewed`. */
  readonly code: string;
  readonly health: Exclude<Health, 'replicating' | 'waiting'>;
  readonly cause: string;
  readonly fix: string;
  /** The line that says so. */
  readonly evidence: string;
}

/** The health of one pull with its reason. */
export interface PullHealth {
  readonly consumer: string;
  readonly supplier: string;
  readonly health: Health;
  /** One sentence: why; for `replicating` what proves it. */
  readonly cause: string;
  /** One sentence: what to do; empty when nothing is to be done. */
  readonly fix: string;
  /** ISO 8601: the end of the newest good round; null when none was seen. */
  readonly lastSuccess: string | null;
}
