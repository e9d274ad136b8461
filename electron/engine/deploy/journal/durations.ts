import type { ServerId, StepId } from '../../../../shared/base/names';
import { expectedMs, MOST_DEPLOYS } from '../../../../shared/plan/model/expected';
import type { Step, StepKind } from '../../../../shared/plan/steps/step';
import type { DeployRecord } from './read-journal';

/** How long each step is expected to take (`expectedMs`); a kind that never ran has none. */
export function expectedDurations(
  steps: readonly Step[],
  past: readonly DeployRecord[],
): readonly { readonly step: StepId; readonly ms: number }[] {
  const took = past.slice(0, MOST_DEPLOYS).flatMap(stepDurations);
  return steps.flatMap((step) => {
    const ms = expectedMs(step, took);
    return ms === null ? [] : [{ step: step.id, ms }];
  });
}

/** How long each step of a deploy took that was done. */
export function stepDurations(record: DeployRecord): readonly {
  readonly step: StepId;
  readonly action: StepKind;
  readonly server: ServerId;
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
        step: step.id,
        action: step.action,
        server: step.server,
        ms: Math.max(0, Date.parse(entry.at) - since),
      },
    ];
  });
}
