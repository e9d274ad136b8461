import { getBezierPath, Position } from '@xyflow/svelte';

/** A box on the canvas. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A line between two boxes, and where its label stands. */
export interface LinkPath {
  readonly path: string;
  readonly labelX: number;
  readonly labelY: number;
}

/** Between a line's end and the box, so that the arrow's tip touches it. */
const GAP = 3;
/** The same at the side where the ring sits that links are dragged from. */
const GAP_AT_RING = 11;

/** The line from one server to another, leaving each at the side that faces the other. */
export function linkPath(from: Box, to: Box): LinkPath {
  const [leave, arrive] = sides(from, to);
  const start = pointAt(from, leave);
  const end = pointAt(to, arrive);
  const [path, labelX, labelY] = getBezierPath({
    sourceX: start.x,
    sourceY: start.y,
    sourcePosition: leave,
    targetX: end.x,
    targetY: end.y,
    targetPosition: arrive,
  });
  return { path, labelX, labelY };
}

/** Side by side: left and right; one above the other: top and bottom; askew: from the upper one's foot to the lower one's flank. */
function sides(from: Box, to: Box): readonly [Position, Position] {
  const dx = to.x + to.width / 2 - (from.x + from.width / 2);
  const dy = to.y + to.height / 2 - (from.y + from.height / 2);
  const beside = Math.abs(dy) < (from.height + to.height) / 2;
  const above = Math.abs(dx) < ((from.width + to.width) / 2) * 0.8;
  const right = dx >= 0;
  if (beside && !above) return right ? [Position.Right, Position.Left] : [Position.Left, Position.Right];
  if (above) return dy >= 0 ? [Position.Bottom, Position.Top] : [Position.Top, Position.Bottom];
  if (dy >= 0) return [Position.Bottom, right ? Position.Left : Position.Right];
  return [right ? Position.Right : Position.Left, Position.Bottom];
}

function pointAt(box: Box, side: Position): { x: number; y: number } {
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  switch (side) {
    case Position.Left:
      return { x: box.x - GAP, y: middle.y };
    case Position.Right:
      return { x: box.x + box.width + GAP_AT_RING, y: middle.y };
    case Position.Top:
      return { x: middle.x, y: box.y - GAP };
    case Position.Bottom:
      return { x: middle.x, y: box.y + box.height + GAP };
  }
}
