import type { StepKind } from '../steps/step';

/** How long a step took in an earlier deploy. Milliseconds. */
export interface Took {
  readonly action: StepKind;
  readonly server: string;
  readonly ms: number;
}

/** So many of the newest deploys are looked at: servers and networks change. */
export const MOST_DEPLOYS = 20;

/**
 * How long a step is expected to take: the median of the same kind of step on the same server in past deploys, else of the
 * same kind on any. Milliseconds; null: such a step never ran.
 */
export function expectedMs(step: Pick<Took, 'action' | 'server'>, took: readonly Took[]): number | null {
  const same = took.filter((it) => it.action === step.action);
  const here = same.filter((it) => it.server === step.server);
  return median((here.length > 0 ? here : same).map((it) => it.ms));
}

function median(numbers: readonly number[]): number | null {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}
