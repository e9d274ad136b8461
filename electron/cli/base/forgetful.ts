import type { FleetText } from '../../../shared/ipc';
import { type Problem, problemOf } from '../../../shared/base/problem';
import type { World } from './world';

/** What only the history holds across starts (`decisions/0062`, `decisions/0066`). */
const LOST_WITHOUT =
  'A history alone tells across starts which servers were restored to an older copy, and when RUVs were read last: without one, such a server’s pulls may be green after a start.';

/**
 * Why nothing, or not all, is remembered of this fleet from one start of Kanilink to the next, with what that costs. Empty:
 * all is remembered. It asks no server.
 */
export async function forgetfulOf(text: FleetText, world: World): Promise<readonly Problem[]> {
  const now = world.now();
  const read = await world.engine.history(text, { from: now, to: now, columns: 1 }, world.signal);
  const trouble = read.ok ? read.value.trouble : read.error;
  if (trouble === null) return [];
  return [problemOf({ ...trouble, message: `${trouble.message} ${LOST_WITHOUT}` }, 'warning')];
}
