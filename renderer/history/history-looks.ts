import type { Mark } from './history-rows';

/** How a pull's line is drawn: no two of the first sixteen alike, and no two of the first four in colour or dashes. */
export interface LineLook {
  /** A colour of `tokens.css`. */
  readonly colour: string;
  /** Lengths of dashes and gaps; none: a solid line. */
  readonly dash: readonly number[];
}

const colours = ['--accent', '--warn', '--good', '--muted'] as const;
const dashes: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [9, 3, 2, 3]];

/** The look of the n-th line. @param n from 0 */
export function lineLook(n: number): LineLook {
  const round = Math.floor(n / colours.length);
  return {
    colour: colours[n % colours.length] ?? '--accent',
    dash: dashes[(n + round) % dashes.length] ?? [],
  };
}

/** How each kind of mark is drawn and called: its sign says the same as its colour. */
export const markLooks: Readonly<
  Record<Mark['kind'], { readonly sign: string; readonly colour: string; readonly words: string }>
> = {
  deploy: { sign: '▲', colour: '--accent', words: 'deploy' },
  start: { sign: '○', colour: '--muted', words: 'kanidmd started' },
  refresh: { sign: '◆', colour: '--warn', words: 'refresh' },
  break: { sign: '✕', colour: '--bad', words: 'not replicating, or not known' },
  heal: { sign: '✓', colour: '--good', words: 'replicating' },
  'login-break': { sign: '■', colour: '--bad', words: 'HTTPS or logins broken' },
  'login-heal': { sign: '●', colour: '--good', words: 'HTTPS and logins well again' },
  gap: { sign: '□', colour: '--muted', words: 'not watched for a time' },
};

/** A mark on the canvas, in its pixels. */
export interface PlacedMark {
  readonly kind: Mark['kind'];
  readonly x: number;
  /** Where its sign stands, from the top; null: it has none, as one like it stands there or there is no room. */
  readonly row: number | null;
  /** The first row under the signs that its line would cross. */
  readonly from: number;
}

/**
 * Where marks are drawn: a sign for each kind at a place, one under the other where they would lie on each other.
 *
 * @param marks in the order in which they are told
 * @param room of a sign, as wide as high
 * @param rows how many signs have room under each other
 */
export function placeMarks(
  marks: readonly Pick<PlacedMark, 'kind' | 'x'>[],
  room: number,
  rows: number,
): readonly PlacedMark[] {
  const signs: { readonly kind: Mark['kind']; readonly x: number; readonly row: number }[] = [];
  const near = (x: number, within: number) => signs.filter((sign) => Math.abs(sign.x - x) < within);
  const placed = marks.map(({ kind, x }) => {
    const others = near(x, room);
    let row = 0;
    while (others.some((other) => other.row === row)) row += 1;
    if (row >= rows || others.some((other) => other.kind === kind)) return { kind, x, row: null };
    signs.push({ kind, x, row });
    return { kind, x, row };
  });
  return placed.map((mark) => ({
    ...mark,
    from: Math.max(0, ...near(mark.x, room / 2).map(({ row }) => row + 1)),
  }));
}

/** The kinds of marks that are drawn, in the order in which they are told. */
export const kindsOf = (marks: readonly Mark[]): readonly Mark['kind'][] =>
  Object.keys(markLooks).filter((kind): kind is Mark['kind'] => marks.some((mark) => mark.kind === kind));
