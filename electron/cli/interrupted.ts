import type { FleetText } from '../../shared/ipc';
import { interruptedWarning } from '../../shared/plan/interrupted';
import type { Problem } from '../../shared/problem';
import type { World } from './world';

/**
 * The interrupted deploy of a fleet, as a list of one warning or none: it goes before everything else that is said of
 * the fleet, for it may explain it.
 */
export async function interruptedOf(text: FleetText, world: World): Promise<readonly Problem[]> {
  const read = await world.engine.history(text);
  if (!read.ok) return [];
  const { deploys, interrupted } = read.value;
  const of = deploys.find((it) => it.deploy === interrupted);
  return of ? [interruptedWarning(of.deploy, of.at)] : [];
}
