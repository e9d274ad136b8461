import type { Position } from '../../shared/connect/server';
import type { LayerServer } from '../../shared/fleet/difference/difference';
import type { Fleet } from '../../shared/fleet/model/fleet';
import { differenceWords } from '../live/link-view';

/** A server that stands on the canvas. */
export interface ShownServer {
  readonly id: string;
  /** As the file says, or said; null: wherever there is room. */
  readonly position: Position | null;
  /** What a deploy does about one that is not in the drawing any more; null: it is in it. */
  readonly leaving: string | null;
}

/** The drawn servers, then those that were taken out and run on: they make room for the drawn ones. */
export const shownServers = (
  fleet: Pick<Fleet, 'servers'>,
  leaving: readonly Pick<LayerServer, 'id' | 'was' | 'difference'>[],
): readonly ShownServer[] => [
  ...fleet.servers.map(({ id, position }) => ({ id, position, leaving: null })),
  ...leaving.map(({ id, was, difference }) => ({
    ...{ id, position: was?.position ?? null },
    leaving: differenceWords(difference),
  })),
];
