import { escapeControls } from '../../../shared/base/escape-controls';

/** Colour for a terminal; `plain` leaves text as it is. */
export interface Paint {
  readonly good: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly quiet: (text: string) => string;
  readonly strong: (text: string) => string;
}

const same = (text: string): string => text;
const sgr =
  (code: number, end: number) =>
  (text: string): string =>
    text === '' ? '' : `\u001B[${code}m${text}\u001B[${end}m`;

export const plain: Paint = { good: same, warn: same, bad: same, quiet: same, strong: same };

export const coloured: Paint = {
  good: sgr(32, 39),
  warn: sgr(33, 39),
  bad: sgr(31, 39),
  quiet: sgr(2, 22),
  strong: sgr(1, 22),
};

/** What `--color` may say. */
export const colorWhen = ['auto', 'always', 'never'] as const;
export type ColorWhen = (typeof colorWhen)[number];

/** Colour only where a person looks, and not against NO_COLOR (no-color.org) or a dumb terminal; `--color` decides over all. */
export function paintFor(
  isTerminal: boolean,
  env: Readonly<Record<string, string | undefined>>,
  when: ColorWhen,
): Paint {
  const wanted =
    when === 'auto' ? isTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb' : when === 'always';
  return wanted ? coloured : plain;
}

/** The colours above and no other sequence of a terminal. */
const ours = /(\u001B\[(?:1|2|22|31|32|33|39)m)/;

/**
 * What may be written to a terminal, as the last thing before it is: our own colours, and everything else without marks that
 * act on it. Each text escapes what it took from elsewhere itself; this is for the one that forgot.
 */
export const forTerminal = (text: string): string =>
  text
    .split(ours)
    .map((part, index) => (index % 2 === 1 ? part : escapeControls(part)))
    .join('');
