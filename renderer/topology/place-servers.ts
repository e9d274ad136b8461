import type { Fleet, Position } from '../../shared/fleet/fleet';

/** What a server takes on the canvas, with the room for a link's pill beside it. */
export const SERVER_WIDTH = 216;
const STEP = { x: 440, y: 210 };
const COLUMNS = 2;

/** Where every server is drawn: as the file says, the others on the first free places of a grid. */
export function placeServers(fleet: Pick<Fleet, 'servers'>): ReadonlyMap<string, Position> {
  const places = new Map<string, Position>();
  for (const server of fleet.servers) if (server.position) places.set(server.id, server.position);
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
