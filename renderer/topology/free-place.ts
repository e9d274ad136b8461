import type { Position } from '../../shared/connect/server';

/** How large a server is drawn. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Kept free around a server that had to make way. Pixels of the canvas. */
const GAP = 24;
/** Places beside this many of the nearest servers are tried first. */
const NEAREST = 12;

/** The nearest place to the wanted one where a server covers none of the others; the wanted one where it covers none. */
export function freePlace(wanted: Position, others: readonly Position[], size: Size): Position {
  if (!others.some((other) => covers(wanted, other, size))) return wanted;
  const near = [...others].sort((a, b) => distance(a, wanted) - distance(b, wanted));
  return (
    nearestFree(wanted, near.slice(0, NEAREST), others, size) ??
    nearestFree(wanted, near, others, size) ??
    wanted
  );
}

function nearestFree(
  wanted: Position,
  beside: readonly Position[],
  others: readonly Position[],
  size: Size,
): Position | null {
  const [right, down] = [size.width + GAP, size.height + GAP];
  const xs = [wanted.x, ...beside.flatMap(({ x }) => [x - right, x + right])];
  const ys = [wanted.y, ...beside.flatMap(({ y }) => [y - down, y + down])];
  const places = xs.flatMap((x) => ys.map((y) => ({ x, y })));
  return (
    places
      .sort((a, b) => distance(a, wanted) - distance(b, wanted))
      .find((place) => !others.some((other) => covers(place, other, size))) ?? null
  );
}

const covers = (a: Position, b: Position, { width, height }: Size): boolean =>
  Math.abs(a.x - b.x) < width && Math.abs(a.y - b.y) < height;

const distance = (a: Position, b: Position): number => Math.hypot(a.x - b.x, a.y - b.y);
