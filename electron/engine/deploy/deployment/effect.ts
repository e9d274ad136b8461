import { fail, type Result } from '../../../../shared/base/result';
import type { ServerId } from '../../../../shared/base/names';
import type { Step } from '../../../../shared/plan/steps/step';
import type { NewEntry } from '../journal/journal-entry';
import { uncancelled } from '../../base/time';
import { LOCK_LOST } from '../../connect/common/lock-owner';
import { type Deployment, faultAt, type Site } from './deployment';

type Intent = Omit<NewEntry<'intent'>, 'kind' | 'step' | 'server' | 'process'>;

const LOOK_LIMIT = 30_000;
/** From a look at the lock that failed until the next. Milliseconds. */
const LOOK_AGAIN = 2_000;

/**
 * Carries out one effect on a server: the lock is still ours, *intent* is on the disk, then the effect, then its end is on the disk.
 * @param begun an effect before it in the same step is done, so that stopping here would leave the server half way: a
 * journal that cannot be written any more does not stop it; the deploy stops after the step. The lock is then looked at
 * twice where the first look fails.
 */
export async function effect<T>(
  deployment: Deployment,
  step: Step,
  site: Site,
  intent: Intent,
  run: () => Promise<Result<T>>,
  begun = false,
): Promise<Result<T>> {
  const server = site.server.id;
  const held = await stillHeld(deployment, server, begun);
  if (!held.ok) return held;
  const process = await processOf(site);
  const noted = await note(deployment, { kind: 'intent', step: step.id, server, ...intent, ...process });
  if (!noted.ok && !begun) return noted;
  deployment.begun.add(step.id);
  const outcome = await run();
  await note(deployment, {
    kind: 'effect',
    step: step.id,
    server,
    well: outcome.ok,
    note: outcome.ok ? `${intent.effect} done` : `${outcome.error.code}: ${outcome.error.message}`,
  });
  return outcome.ok ? outcome : fail(faultAt(site, outcome));
}

/** A look that fails says nothing of whose the lock is. Where stopping would leave the server half way, another follows. */
async function stillHeld(
  { locks, clock }: Deployment,
  server: ServerId,
  begun: boolean,
): Promise<Result<void>> {
  const held = await locks.check(server);
  if (held.ok || !begun || held.error.code === LOCK_LOST) return held;
  await clock.sleep(LOOK_AGAIN, uncancelled(LOOK_LIMIT).signal);
  return locks.check(server);
}

/** Which process runs there, for who resumes; a server that does not say is no reason to stop. */
async function processOf({ connection }: Site): Promise<Pick<NewEntry<'intent'>, 'process'>> {
  const seen = await connection.service.state(uncancelled(LOOK_LIMIT));
  if (!seen.ok) return {};
  const { state, process } = seen.value;
  if (process !== undefined) return { process };
  return state === 'stopped' || state === 'failed' ? { process: null } : {};
}

/** Writes to the journal. That it cannot is a fault and is remembered, for nothing more may be begun then. */
export async function note(deployment: Deployment, entry: NewEntry): Promise<Result<void>> {
  try {
    await deployment.journal.write(entry);
    return { ok: true, value: undefined };
  } catch (error) {
    const fault = {
      code: 'journal-unwritable',
      message: `The deploy’s journal cannot be written any more: ${error instanceof Error ? error.message : String(error)}`,
      fix: 'Make room on this machine, then resume.',
      where: { file: deployment.journal.folder },
    };
    deployment.trouble ??= fault;
    return fail(fault);
  }
}
