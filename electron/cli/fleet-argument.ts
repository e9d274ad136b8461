import { readFleet } from '../../shared/fleet/read-fleet';
import type { Fleet } from '../../shared/fleet/fleet';
import type { FleetText } from '../../shared/ipc';
import type { Problem } from '../../shared/problem';
import { faultProblem, hasErrors } from './text/problems';
import type { World } from './world';

/** A fleet file that can be used, or why not. */
export type LoadedFleet =
  | { readonly ok: true; readonly text: FleetText & { readonly path: string }; readonly fleet: Fleet }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Loads the fleet file a command was given; every problem of the file is reported, not only the first. */
export async function loadFleet(path: string, world: World): Promise<LoadedFleet> {
  const loaded = await world.engine.loadFleet(path);
  if (!loaded.ok) return { ok: false, problems: [faultProblem(loaded.error)] };
  const { fleet, problems } = readFleet(loaded.value.text, path);
  if (fleet === null || hasErrors(problems)) return { ok: false, problems };
  return { ok: true, text: loaded.value, fleet };
}
