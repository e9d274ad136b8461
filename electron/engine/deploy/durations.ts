import type { Step } from '../../../shared/plan/plan';
import type { DeployRecord } from './read-journal';

/** So many of the newest deploys are looked at: servers and networks change. */
const MOST_DEPLOYS = 20;

/**
 * How long each step is expected to take: the median of the same kind of step on the same server in past deploys, else of
 * the same kind on any. Milliseconds; a kind that never ran has none.
 */
export function expectedDurations(
  steps: readonly Step[],
  past: readonly DeployRecord[],
): readonly { readonly step: string; readonly ms: number }[] {
  const took = past.slice(0, MOST_DEPLOYS).flatMap(stepDurations);
  return steps.flatMap(({ id, action, server }) => {
    const same = took.filter((it) => it.action === action);
    const here = same.filter((it) => it.server === server);
    const ms = median((here.length > 0 ? here : same).map((it) => it.ms));
    return ms === null ? [] : [{ step: id, ms }];
  });
}

/** How long each step of a deploy took that was done. */
export function stepDurations(record: DeployRecord): readonly {
  readonly step: string;
  readonly action: string;
  readonly server: string;
  readonly ms: number;
}[] {
  const began = new Map<string, number>();
  return record.entries.flatMap((entry) => {
    if (entry.kind === 'begin') began.set(entry.step, Date.parse(entry.at));
    if (entry.kind !== 'done') return [];
    const step = record.header.steps.find((it) => it.id === entry.step);
    const since = began.get(entry.step);
    if (!step || since === undefined) return [];
    return [
      {
        step: entry.step,
        action: step.action,
        server: step.server,
        ms: Math.max(0, Date.parse(entry.at) - since),
      },
    ];
  });
}

function median(numbers: readonly number[]): number | null {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}
