import type { FleetText } from '../../../shared/ipc';
import { interruptedWarning, unreadableJournal } from '../../../shared/plan/model/interrupted';
import { type Problem, problemOf } from '../../../shared/base/problem';
import type { World } from './world';

/**
 * The interrupted deploy of a fleet, and those of which it cannot be known: they go before everything else that is said
 * of the fleet, for they may explain it.
 */
export async function interruptedOf(text: FleetText, world: World): Promise<readonly Problem[]> {
  const read = await world.engine.pastDeploys(text);
  // Not read is not none.
  if (!read.ok) return [problemOf(read.error, 'warning')];
  const { deploys, interrupted, unreadable } = read.value;
  const of = deploys.find((it) => it.deploy === interrupted);
  const first = of ? [interruptedWarning(of.deploy, of.at)] : [];
  return [...first, ...unreadable.filter((it) => !it.over).map((it) => unreadableJournal(it))];
}
