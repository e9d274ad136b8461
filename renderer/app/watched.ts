import type { Problem } from '../../shared/base/problem';
import type { Layers, LayerServer } from '../../shared/fleet/difference/difference';
import type { Topology } from '../../shared/fleet/model/topology';
import type { FleetText } from '../../shared/ipc';
import type { FleetDocument } from '../document/document.svelte';
import { ofOpenFleet } from '../document/fleet-reader';
import { reachOf } from '../document/reach';
import type { PullView } from '../live/pull-view';
import type { ServerAddresses } from '../live/what-was-read';

/** What the engine watches for the window. */
export interface WatchRequest {
  readonly question: FleetText;
  /** How each server is reached, by its id. */
  readonly reach: ServerAddresses;
}

/**
 * The drawing, with the servers that were taken out of it as long as they run with a drawn one: what a deploy has not ended
 * is observed as before.
 */
export function watchedOf(
  document: Pick<FleetDocument, 'fleet' | 'text' | 'reach' | 'question'>,
  { servers }: Pick<Layers, 'servers'>,
): WatchRequest {
  const { text, reach, fleet } = document;
  const question = document.question();
  const out = servers.flatMap(({ was }) => (was === null ? [] : [{ ...was, refreshFrom: null }]));
  const joined = fleet === null || out.length === 0 ? null : ofOpenFleet().addServers(text, out);
  // A file with faults may not take them in: then what is drawn is watched.
  return joined?.ok
    ? { question: { ...question, text: joined.value }, reach: new Map([...reach, ...reachOf(out)]) }
    : { question, reach };
}

/**
 * Problems of what is watched, as they concern the drawing: what a file and its graph say by themselves the document says of
 * the drawing as it is now; and of a server that was taken out nothing is said, for no button here fixes it.
 *
 * @param leaving the servers that were taken out
 */
export function problemsOfDrawing(
  problems: readonly Problem[],
  { pulls }: Pick<Topology, 'pulls'>,
  leaving: readonly string[],
): readonly Problem[] {
  const { drawingCodes } = ofOpenFleet();
  return problems.filter(({ code, server }) => {
    if (server !== null && leaving.includes(server)) return false;
    return code === 'no-links' ? pulls.length === 0 : !drawingCodes.has(code);
  });
}

/** A pull with what cures it: where one end was taken out, no button reaches that server, and a deploy ends the pull. */
export function withRemedyHere(pull: PullView, leaving: readonly Pick<LayerServer, 'id'>[]): PullView {
  const isOut = leaving.some(({ id }) => id === pull.consumer || id === pull.supplier);
  return isOut && pull.remedy !== undefined ? { ...pull, remedy: { kind: 'deploy' } } : pull;
}
