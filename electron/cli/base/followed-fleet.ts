import { meaningOf } from '../../../shared/fleet/model/meaning';
import type { Problem } from '../../../shared/base/problem';
import { type LoadedFleet, loadFleet } from './fleet-argument';
import type { World } from './world';

/** A fleet file that can be used. */
export type UsedFleet = Extract<LoadedFleet, { readonly ok: true }>;

/** What became of a fleet file that changed. */
export type FileTurn =
  /** It is used from now on; or it was not, and means again what is used. */
  | { readonly kind: 'taken'; readonly fleet: UsedFleet; readonly isNew: boolean }
  /** It is broken, gone or not trusted: what was used before still is. */
  | { readonly kind: 'kept'; readonly problems: readonly Problem[] };

/**
 * Follows a fleet file that is in use. Each other text of it is loaded as at a start: one that names what was not trusted is
 * asked about, and refused where nobody answers.
 * @param used what is in use now.
 */
export async function* followFleet(used: UsedFleet, world: World): AsyncIterable<FileTurn> {
  let fleet = used;
  let kept = false;
  for await (const file of world.engine.watchFile(used.text.path, world.signal)) {
    if (!kept && file.kind === 'text' && file.text === fleet.text.text) continue;
    const loaded = await loadFleet(used.text.path, world);
    if (world.signal.aborted) return;
    if (!loaded.ok) {
      kept = true;
      yield { kind: 'kept', problems: loaded.problems };
      continue;
    }
    // A comment or a place on the canvas is nothing to begin again for: each beginning asks the servers.
    const isNew = meaningOf(loaded.fleet) !== meaningOf(fleet.fleet);
    fleet = loaded;
    if (isNew || kept) yield { kind: 'taken', fleet, isNew };
    kept = false;
  }
}
