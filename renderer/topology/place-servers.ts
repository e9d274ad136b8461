import type { Position } from '../../shared/connect/server';
import { freePlace } from './free-place';

/** What a server takes on the canvas at least. */
export const SERVER_WIDTH = 216;
export const SERVER_HEIGHT = 84;
/** The same with the room for a link's pill beside it. */
const STEP = { x: 440, y: 210 };
const COLUMNS = 2;
const SIZE = { width: SERVER_WIDTH, height: SERVER_HEIGHT };

/**
 * Where every server is drawn: as the file says, but beside the servers it would cover; the others on the first free places
 * of a grid.
 */
export function placeServers(fleet: {
  readonly servers: readonly { readonly id: string; readonly position: Position | null }[];
}): ReadonlyMap<string, Position> {
  const places = new Map<string, Position>();
  for (const server of fleet.servers)
    if (server.position) places.set(server.id, freePlace(server.position, [...places.values()], SIZE));
  let next = 0;
  for (const server of fleet.servers) {
    if (server.position) continue;
    let place = gridPlace(next);
    while (isTaken(place, places)) place = gridPlace((next += 1));
    places.set(server.id, place);
    next += 1;
  }
  return places;
}

const gridPlace = (index: number): Position => ({
  x: (index % COLUMNS) * STEP.x,
  y: Math.floor(index / COLUMNS) * STEP.y,
});

function isTaken(place: Position, places: ReadonlyMap<string, Position>): boolean {
  return [...places.values()].some(
    (other) => Math.abs(other.x - place.x) < SERVER_WIDTH + 40 && Math.abs(other.y - place.y) < 140,
  );
}
