import { isDeepStrictEqual } from 'node:util';
import type { FleetText } from '../../../shared/ipc';
import type { Job } from '../../../shared/plan/job';
import type { ObservedFleet } from '../observe-fleet';
import type { Clock } from '../time';
import type { PlannedJob } from './plan-job';

/** A plan this old is what planning again would give, as far as anybody can tell: every step looks again anyway. Milliseconds. */
const FRESH = 2000;

/** A plan with the look at the servers that it was made from. */
export interface RecentPlan {
  readonly fleet: ObservedFleet;
  readonly planned: PlannedJob;
}

/** Keeps the newest plan for a moment, so that a deploy that begins right after it does not look at every server twice. */
export class RecentPlans {
  private newest: (RecentPlan & { readonly text: FleetText; readonly job: Job; readonly at: number }) | null =
    null;

  constructor(private readonly clock: Clock) {}

  /** @param at when looking at the servers began. */
  keep(text: FleetText, job: Job, at: number, plan: RecentPlan): void {
    this.newest = { ...plan, text, job, at };
  }

  /** Takes the plan that was agreed to, once; null: there is none, or it is older than a moment. */
  take(text: FleetText, job: Job, fingerprint: string | null): RecentPlan | null {
    const { newest } = this;
    this.newest = null;
    if (newest === null) return null;
    const age = this.clock.now() - newest.at;
    // A clock that was set back tells nothing.
    if (age < 0 || age > FRESH) return null;
    const same = isDeepStrictEqual([newest.text, newest.job], [text, job]);
    return same && newest.planned.plan.fingerprint === fingerprint ? newest : null;
  }
}
