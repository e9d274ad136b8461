import type { Job } from '../../../shared/plan/model/job';

/** What the operator agreed to. */
export interface Consent {
  /** The reviewed plan's; null: whatever planning again gives. */
  readonly fingerprint: string | null;
  readonly erase: readonly string[];
  /** Without it: apply. */
  readonly job?: Job;
  /** Locks that are an hour old may be taken over. */
  readonly takeOver?: boolean;
}
