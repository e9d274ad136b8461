import { describeDifference } from '../../../../shared/compare/comparison';
import type { CompareStep } from '../../../../shared/plan/steps/compare';
import { ok } from '../../../../shared/base/result';
import { comparePair } from '../../compare/compare-pair';
import { keepComparison } from '../../compare/kept-comparisons';
import { pairPulls } from '../../compare/pair-pulls';
import { effect } from '../deployment/effect';
import { type Deployment, siteOf, stepDone, stepFailed, type StepResult } from '../deployment/deployment';

/** What a server or its backups cannot do is no fault of a deploy. It is said, and nothing is claimed. */
const LIMITS = new Set(['no-online-backup', 'backup-format-unknown', 'backup-too-large']);

/**
 * Compares two servers' data from online backups, in memory (`compare-pair.ts`), and keeps the result. A difference fails
 * the step: rounds that succeed prove less (`design.md`, "Health, honestly").
 */
export async function compare(deployment: Deployment, step: CompareStep): Promise<StepResult> {
  const mine = siteOf(deployment, step.server);
  const theirs = siteOf(deployment, step.with);
  const observed = [...deployment.sites.values()].map((site) => site.observed);
  const context = {
    clock: deployment.clock,
    configDir: deployment.configDir,
    pulls: pairPulls(deployment.fleet, observed, step.server, step.with),
    say: (text: string) => deployment.say(step.id, text),
  };
  const call = { signal: deployment.signal, timeoutMs: 300_000 };
  // Both servers write a backup for a moment: an effect, though nothing of it stays.
  const compared = await effect(deployment, step, mine, { effect: 'backup' }, () =>
    effect(deployment, step, theirs, { effect: 'backup' }, async () =>
      ok(await comparePair(mine, theirs, context, call)),
    ),
  );
  if (!compared.ok) return stepFailed(compared.error);
  const { comparison: made, kept } = await keepComparison(deployment.configDir, compared.value);
  if (!kept.ok) deployment.say(step.id, kept.error.message);
  if (made.result === 'same')
    return stepDone(
      made.travelling === 0
        ? made.cause
        : `${made.cause} ${made.travelling} more changed while they were compared.`,
    );
  if (made.fault !== null)
    return LIMITS.has(made.fault.code) ? stepDone(`Not compared. ${made.cause}`) : stepFailed(made.fault);
  return stepFailed({
    code: 'data-differs',
    message: made.cause,
    fix: made.fix,
    detail: made.differing.slice(0, 20).map(describeDifference).join('\n'),
    where: { server: step.server },
  });
}
