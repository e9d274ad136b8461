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

/**
 * The line from one server to another, leaving each at the side that faces the other.
 *
 * @param others the servers it must not run behind: it goes round them, on the shorter side that is free
 */
export function linkPath(from: Box, to: Box, others: readonly Box[] = []): LinkPath {
  const straight = bezier(from, to, sides(from, to));
  const inTheWay = others.filter((box) => isBehind(straight, box));
  if (inTheWay.length === 0) return straight.line;
  const all = [from, to, ...inTheWay];
  const rounds = (['above', 'below', 'left', 'right'] as const).flatMap((way) =>
    [0, 1, 2].map((further) => around(from, to, all, way, further)),
  );
  const free = rounds.filter((round) => !others.some((box) => isBehind(round, box)));
  // Where every way is taken the first is still better seen than one that is known to be hidden.
  return ([...free].sort((a, b) => lengthOf(a) - lengthOf(b))[0] ?? rounds[0] ?? straight).line;
}

/** Points along a line, enough of them that no server fits between two. */
interface Drawn {
  readonly line: LinkPath;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

const STEPS = 24;
/** What a line keeps from a server that it passes, and its label's half height. */
const CLEAR = 16;
/** The label's half width. */
const LABEL = 70;

function bezier(from: Box, to: Box, [leave, arrive]: readonly [Position, Position]): Drawn {
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
  return { line: { path, labelX, labelY }, points: pointsOf(path) };
}

/** The curve over, under or beside a row of servers: it leaves and arrives at the same side. */
function around(
  from: Box,
  to: Box,
  all: readonly Box[],
  way: 'above' | 'below' | 'left' | 'right',
  further: number,
): Drawn {
  const side = { above: Position.Top, below: Position.Bottom, left: Position.Left, right: Position.Right }[
    way
  ];
  const [start, end] = [pointAt(from, side), pointAt(to, side)];
  const room = 60 + further * 90;
  const edge = {
    above: Math.min(...all.map((box) => box.y)) - room,
    below: Math.max(...all.map((box) => box.y + box.height)) + room,
    left: Math.min(...all.map((box) => box.x)) - room - LABEL,
    right: Math.max(...all.map((box) => box.x + box.width)) + room + LABEL,
  }[way];
  // The middle of a cubic lies at a quarter of its ends and three quarters of its controls.
  const reach = (a: number, b: number): number => (edge - (a + b) / 8) / 0.75;
  const upright = way === 'above' || way === 'below';
  const [c1, c2] = upright
    ? [
        { x: start.x, y: reach(start.y, end.y) },
        { x: end.x, y: reach(start.y, end.y) },
      ]
    : [
        { x: reach(start.x, end.x), y: start.y },
        { x: reach(start.x, end.x), y: end.y },
      ];
  const path = `M${start.x},${start.y} C${c1.x},${c1.y} ${c2.x},${c2.y} ${end.x},${end.y}`;
  const points = pointsOf(path);
  const middle = points[STEPS / 2] ?? start;
  return { line: { path, labelX: middle.x, labelY: middle.y }, points };
}

/** A curve as points: both kinds of line here are one cubic. */
function pointsOf(path: string): Drawn['points'] {
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0, x2 = 0, y2 = 0, x3 = 0, y3 = 0] = (
    path.match(/-?[\d.]+(?:e-?\d+)?/g) ?? []
  ).map(Number);
  return Array.from({ length: STEPS + 1 }, (_, step) => {
    const t = step / STEPS;
    const u = 1 - t;
    const at = (a: number, b: number, c: number, d: number): number =>
      u * u * u * a + 3 * u * u * t * b + 3 * u * t * t * c + t * t * t * d;
    return { x: at(x0, x1, x2, x3), y: at(y0, y1, y2, y3) };
  });
}

/** Does a line, or its label, lie behind a server? */
function isBehind({ line, points }: Drawn, box: Box): boolean {
  const within = (x: number, y: number, dx: number, dy: number): boolean =>
    x > box.x - dx && x < box.x + box.width + dx && y > box.y - dy && y < box.y + box.height + dy;
  return within(line.labelX, line.labelY, LABEL, CLEAR) || points.some(({ x, y }) => within(x, y, 0, 0));
}

const lengthOf = ({ points }: Drawn): number =>
  points.slice(1).reduce((sum, { x, y }, at) => {
    const before = points[at] ?? { x, y };
    return sum + Math.hypot(x - before.x, y - before.y);
  }, 0);

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
