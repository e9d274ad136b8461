import { z } from 'zod';
import { colours, escapeControls } from './escape-controls';

/** What may be on and off by itself, with the numbers of SGR that begin and end it. */
const KINDS = {
  bold: { on: 1, off: 22 },
  dim: { on: 2, off: 22 },
  italic: { on: 3, off: 23 },
  underline: { on: 4, off: 24 },
} as const;
type Kind = keyof typeof KINDS;
const KIND_NAMES = Object.keys(KINDS) as readonly Kind[];

/** In the order of their numbers: from 30 on, bright ones from 90 on. */
const COLOURS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;
type Colour = (typeof COLOURS)[number];

/** What a program on a terminal may make of its text; what looks alike on every background, and can be read on it. */
export const TEXT_STYLES = [...KIND_NAMES, ...COLOURS];

/** Stretches of one line; one that changes its style oftener is shown plain from there on. */
const MOST_STRETCHES = 100;
/** Styles at once: every kind and a colour. */
const MOST_AT_ONCE = KIND_NAMES.length + 1;

/** A stretch of a text with its styles: characters of the text as {@link escapeControls} leaves it. */
export const styledStretch = z
  .object({
    from: z.number().int().min(0),
    to: z.number().int().min(0),
    styles: z.array(z.enum(TEXT_STYLES)).max(MOST_AT_ONCE).readonly(),
  })
  .readonly();
export type StyledStretch = z.output<typeof styledStretch>;
export const styledStretches = z.array(styledStretch).max(MOST_STRETCHES).readonly();

type Style = StyledStretch['styles'][number];

/**
 * The styles that a text asks a terminal for (SGR of ECMA-48, 8.3.117). Backgrounds, blinking, hidden text and colours by
 * number are not among them: they could make text unreadable, or look like something else.
 * @returns none for a text without any, which is nearly every line.
 */
export function stylesOf(text: string): readonly StyledStretch[] {
  if (!text.includes('\u001b[')) return [];
  const found: StyledStretch[] = [];
  let pen: Pen = PLAIN;
  let [from, read] = [0, 0];
  const take = (piece: string): void => {
    const to = from + escapeControls(piece).length;
    const styles = stylesWith(pen);
    if (styles.length > 0 && to > from) found.push({ from, to, styles });
    from = to;
  };
  for (const match of text.matchAll(colours)) {
    take(text.slice(read, match.index));
    pen = after(pen, match[0].slice(2, -1));
    read = match.index + match[0].length;
    if (found.length >= MOST_STRETCHES) return found;
  }
  take(text.slice(read));
  return found;
}

type Pen = Readonly<Record<Kind, boolean>> & { readonly colour: Colour | null };
const PLAIN: Pen = { bold: false, dim: false, italic: false, underline: false, colour: null };

/** What one number changes. */
const CHANGES: Readonly<Record<number, Partial<Pen>>> = {
  0: PLAIN,
  39: { colour: null },
  ...Object.fromEntries(KIND_NAMES.map((kind) => [KINDS[kind].on, { [kind]: true }])),
  ...Object.fromEntries(KIND_NAMES.map((kind) => [KINDS[kind].off, ending(KINDS[kind].off)])),
  ...Object.fromEntries(
    COLOURS.flatMap((colour, n) => [
      [30 + n, { colour }],
      [90 + n, { colour }],
    ]),
  ),
};

/** A number may end several kinds. */
function ending(number: number): Partial<Pen> {
  return Object.fromEntries(
    KIND_NAMES.filter((kind) => KINDS[kind].off === number).map((kind) => [kind, false]),
  );
}

function after(pen: Pen, parameters: string): Pen {
  const numbers = parameters.split(';').map(withoutParts);
  let next = pen;
  for (let at = 0; at < numbers.length; at += 1) {
    const number = Number(numbers[at] === '' ? 0 : numbers[at]);
    // A colour by number, or by red, green and blue: what belongs to it is skipped.
    if (number === 38 || number === 48 || number === 58) at += numbers[at + 1] === '5' ? 2 : 4;
    else next = { ...next, ...CHANGES[number] };
  }
  return next;
}

/** A parameter with parts as the one without that is nearest to it: a curly line is a line, and a colour by number is left out. */
function withoutParts(parameter: string): string {
  const [kind, part] = parameter.split(':');
  if (part === undefined) return parameter;
  return kind !== '4' ? NOTHING : part === '0' ? '24' : '4';
}
/** No parameter has this number. */
const NOTHING = '-1';

const stylesWith = ({ colour, ...on }: Pen): readonly Style[] => [
  ...KIND_NAMES.filter((kind) => on[kind]),
  ...(colour === null ? [] : [colour]),
];

/** A piece of a text, and its styles. */
export interface TextPiece {
  readonly text: string;
  readonly styles: readonly Style[];
}

/**
 * A text in pieces by its styles.
 * @param shift where the text begins in the one that the stretches are of.
 */
export function piecesOf(text: string, stretches: readonly StyledStretch[], shift = 0): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  let at = 0;
  const take = (to: number, styles: readonly Style[]): void => {
    if (to > at) pieces.push({ text: text.slice(at, to), styles });
    at = Math.max(at, to);
  };
  for (const { from, to, styles } of stretches) {
    take(Math.min(text.length, from - shift), []);
    take(Math.min(text.length, to - shift), styles);
  }
  take(text.length, []);
  return pieces;
}
