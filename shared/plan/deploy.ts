import type { Problem } from '../problem';

/** How a deploy ended; `apply --json` says the same word (`design.md`). */
export type DeployOutcome = 'done' | 'unchanged' | 'refused' | 'failed' | 'rolled-back' | 'cancelled';

export type StepState = 'pending' | 'running' | 'done' | 'failed' | 'rolled-back' | 'skipped';

/** What a running deploy tells, in order. Times are milliseconds since the epoch, our clock. */
export type DeployEvent =
  | {
      readonly kind: 'started';
      readonly deploy: string;
      readonly journal: string;
      readonly at: number;
      /** How long steps took in past deploys, milliseconds; a kind of step that never ran is missing. */
      readonly expected: readonly { readonly step: string; readonly ms: number }[];
    }
  /** The person cancelled. `afterStep`: this step has begun and is finished or undone first; else it stops at once. */
  | { readonly kind: 'cancelling'; readonly step: string; readonly afterStep: boolean; readonly at: number }
  | {
      readonly kind: 'step';
      readonly step: string;
      readonly state: StepState;
      readonly at: number;
      readonly note: string;
    }
  | { readonly kind: 'output'; readonly step: string; readonly text: string; readonly at: number }
  | {
      readonly kind: 'finished';
      readonly outcome: DeployOutcome;
      readonly problems: readonly Problem[];
      readonly at: number;
    };
