import type { Step } from '../../../../shared/plan/steps/step';
import type { Deployment } from '../deployment/deployment';
import { note } from '../deployment/effect';
import type { DeployRecord } from '../journal/read-journal';
import { failingLogins } from '../steps/prove-logins';

/** What a deploy of before tells of logins. */
export interface LookedBefore extends Pick<DeployRecord, 'entries'> {
  readonly header: Pick<DeployRecord['header'], 'of'>;
}

/**
 * Looks before the first step which suppliers fail logins although no step touches them: the proofs do not answer for
 * these. A server that a step is about is always judged, however it was before. A plan says so at the proof. What was
 * found is told, written into the journal and kept in `loginsFailed`.
 * @param of the deploy that is resumed or undone. What it had not found failing may be its own doing, and what works by now
 * is not excused any more.
 */
export async function lookBefore(
  deployment: Deployment,
  steps: readonly Step[],
  of: LookedBefore | null,
): Promise<void> {
  const [first] = steps;
  const touched = new Set(steps.map(({ server }) => server));
  const suppliers = steps.filter((step) => step.action === 'verify').flatMap((proof) => proof.suppliers);
  const ids = [...new Set(suppliers.map(({ server }) => server))].filter((id) => !touched.has(id));
  const sites = [...deployment.sites.values()].filter(({ server }) => ids.includes(server.id));
  if (first === undefined || sites.length === 0) return;
  const excusable = of === null ? null : excusableAfter(of);
  let failed: readonly string[] = [];
  if (excusable === null || excusable.length > 0) {
    deployment.say(first.id, `Before anything is changed, anonymous logs in at ${ids.join(', ')}.`);
    const now = await failingLogins(sites, deployment.clock, deployment.signal);
    if (deployment.signal.aborted) return;
    failed = now.filter((id) => excusable?.includes(id) ?? true);
  }
  if (failed.length > 0)
    deployment.say(first.id, `Logins fail already at ${failed.join(', ')}: this deploy does not judge them.`);
  for (const id of failed) deployment.loginsFailed.add(id);
  await note(deployment, { kind: 'logins-before', failed });
}

/** Whom a deploy found failing before it began; null: it has begun nothing, so nothing that fails can be its doing. */
function excusableAfter({ header, entries }: LookedBefore): readonly string[] | null {
  if (header.of === null && !entries.some(({ kind }) => kind === 'begin')) return null;
  return entries.find((it) => it.kind === 'logins-before')?.failed ?? [];
}
