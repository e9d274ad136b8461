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

/** The kinds of marks that are drawn, in the order in which they are told. */
export const kindsOf = (marks: readonly Mark[]): readonly Mark['kind'][] =>
  Object.keys(markLooks).filter((kind): kind is Mark['kind'] => marks.some((mark) => mark.kind === kind));
