import { problemOf } from '../../../shared/base/problem';
import type { FleetText } from '../../../shared/ipc';
import type { Plan } from '../../../shared/plan/model/plan';
import { problemsText } from '../text/problems';
import { saveNew } from './save-new';
import type { World } from './world';

/**
 * Writes the plan that was shown as a runbook; a file that is there stays as it is.
 * @returns whether it was written; why not is said.
 */
export async function saveRunbook(path: string, text: FleetText, view: Plan, world: World): Promise<boolean> {
  const call = { signal: world.signal, timeoutMs: 120_000, fingerprint: view.fingerprint };
  const made = await world.engine.runbook(text, call);
  const saved = made.ok ? await saveNew(path, made.value) : made;
  world.say(saved.ok ? `Wrote ${path}.` : problemsText([problemOf(saved.error)], world.paintSaid));
  return saved.ok;
}
