import { readFleet } from '../../../shared/fleet/read/read-fleet';
import type { Fleet } from '../../../shared/fleet/model/fleet';
import type { FleetText } from '../../../shared/ipc';
import { type Problem, problemOf } from '../../../shared/base/problem';
import type { Fault } from '../../../shared/base/result';
import { untrusted } from '../../engine/trust/guard-engine';
import { shellWord } from '../../../shared/base/shell-word';
import { hasErrors, problemsText } from '../text/problems';
import type { World } from './world';

/** A fleet file that can be used, or why not. */
export type LoadedFleet =
  | { readonly ok: true; readonly text: FleetText & { readonly path: string }; readonly fleet: Fleet }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Loads the fleet file a command was given; every problem of the file is reported, not only the first. One that is not
 * trusted yet is asked about: no command acts on it before.
 */
export async function loadFleet(path: string, world: World): Promise<LoadedFleet> {
  const loaded = await askAbout(path, world);
  if (loaded.ok && loaded.notKept)
    world.say(problemsText([problemOf(loaded.notKept, 'warning')], world.paintSaid));
  return loaded;
}

/** The same for a command that is about trust itself. `notKept`: why a yes is not remembered. */
export async function askAbout(
  path: string,
  world: World,
): Promise<LoadedFleet & { readonly notKept?: Fault | null }> {
  const read = await readOnly(path, world);
  if (!read.ok || read.trusted) return read;
  const asked = await world.engine.trustFleet(read.text, { signal: world.signal, timeoutMs: NO_LIMIT });
  if (!asked.ok) return { ok: false, problems: [problemOf(asked.error)] };
  if (asked.value.trusted) return { ...read, notKept: asked.value.notKept };
  const fix = `Run: kanilink trust ${shellWord(path)}, or add --trust to this command.`;
  return { ok: false, problems: [problemOf({ ...untrusted(read.text.path), fix })] };
}

/** The same for commands that act on no server: what is not trusted may be read. */
export async function readOnly(
  path: string,
  world: World,
): Promise<LoadedFleet & ({ readonly ok: false } | { readonly trusted: boolean })> {
  const loaded = await world.engine.loadFleet(path);
  if (!loaded.ok) return { ok: false, problems: [problemOf(loaded.error)] };
  const { trusted, ...text } = loaded.value;
  const { fleet, problems } = readFleet(text.text, path);
  if (fleet === null || hasErrors(problems)) return { ok: false, problems };
  return { ok: true, text, fleet, trusted };
}

/** A person decides, or Ctrl-C. */
const NO_LIMIT = Number.POSITIVE_INFINITY;
