import type { Comparison } from '../../../../shared/compare/comparison';
import { distinctPairs, type Pair, pairKey } from '../../../../shared/plan/model/pair';
import type { DeployRecord } from './read-journal';

/** A deploy's comparisons: of whom, and when each had its answer, milliseconds; null: it had none. */
export function comparesOf(
  record: DeployRecord,
): readonly { readonly pair: Pair; readonly ended: number | null }[] {
  return record.header.steps.flatMap((step) => {
    if (step.action !== 'compare') return [];
    // That they differ is an answer, too.
    const end = record.entries.find(
      (it) =>
        'step' in it &&
        it.step === step.id &&
        (it.kind === 'done' || (it.kind === 'failed' && it.code === 'data-differs')),
    );
    return [
      { pair: [step.server, step.with] as const, ended: end === undefined ? null : Date.parse(end.at) },
    ];
  });
}

/** Whether a deploy compared two servers and had an answer. */
export const hasCompared = (record: DeployRecord, pair: Pair): boolean =>
  comparesOf(record).some((it) => it.ended !== null && same(it.pair, pair));

/**
 * Who was refreshed (or may have been) by a past deploy and was never compared with its source since: that deploy stopped
 * before its last step. The next one makes up for it.
 * @param past all deploys of a fleet.
 * @param kept the last comparison of each pair, by whatever asked for it.
 */
export function neverCompared(past: readonly DeployRecord[], kept: readonly Comparison[]): readonly Pair[] {
  const pairs = past.flatMap((record) =>
    record.header.steps.flatMap((step): { readonly pair: Pair; readonly at: number }[] => {
      if (step.action !== 'refresh') return [];
      const begun = record.entries.find((it) => it.kind === 'begin' && it.step === step.id);
      const effect = record.entries.some((it) => it.kind === 'intent' && it.step === step.id);
      if (!begun) return [];
      // One that the server was to begin itself has no effect of ours: it may have happened from its begin on.
      if (step.by === 'command' && !effect) return [];
      return [{ pair: [step.server, step.source], at: Date.parse(begun.at) }];
    }),
  );
  const answered = (pair: Pair, since: number): boolean =>
    past.some((it) =>
      comparesOf(it).some(({ pair: other, ended }) => same(pair, other) && (ended ?? 0) >= since),
    ) || kept.some((it) => it.result !== 'unknown' && same(pair, it.servers) && Date.parse(it.at) >= since);
  return distinctPairs(pairs.filter(({ pair, at }) => !answered(pair, at)).map(({ pair }) => pair));
}

const same = (a: readonly [string, string], b: readonly [string, string]): boolean =>
  pairKey(a) === pairKey(b);
