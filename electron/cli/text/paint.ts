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

/** Colour only where a person looks, and not against NO_COLOR (no-color.org) or a dumb terminal. */
export function paintFor(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): Paint {
  return isTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb' ? coloured : plain;
}

/**
 * Text from elsewhere (a server's log, its file) without control characters: it may not move the cursor or colour the
 * terminal. Line ends and tabs stay.
 */
export const harmless = (text: string): string =>
  text.replace(/\u001B\[[0-9;]*m/g, '').replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, '\uFFFD');
