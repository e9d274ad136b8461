import type { Tape } from './tape';

/** A value as written. `plain`: writing the same value again gives the same characters. */
export interface Spelled {
  readonly text: string;
  readonly plain: boolean;
}

/** A text of printable ASCII without quotes or backslashes, as a TOML string in one of its spellings. */
export function spellText(tape: Tape, text: string, eol: string): Spelled {
  const cut = text.length >> 1;
  const [left, right] = [text.slice(0, cut), text.slice(cut)];
  switch (tape.pick(10)) {
    case 0:
    case 1:
    case 2:
      return { text: `"${text}"`, plain: true };
    case 3:
    case 4:
      return { text: `'${text}'`, plain: true };
    case 5:
      return { text: `"""${text}"""`, plain: false };
    case 6:
      return { text: `'''${eol}${text}'''`, plain: false };
    case 7:
      return { text: `"${left}${escaped(right)}"`, plain: false };
    case 8:
      return { text: `"""\\${eol}  ${left}\\  ${eol}${eol}\t${right}\\${eol}"""`, plain: false };
    default:
      return { text: `"""${eol}${text}"""`, plain: false };
  }
}

/** A key part in one of its spellings. */
export function spellKey(tape: Tape, key: string): string {
  const bare = /^[A-Za-z0-9_-]+$/.test(key);
  switch (tape.pick(8)) {
    case 5:
      return `'${key}'`;
    case 6:
      return `"${key}"`;
    case 7:
      return `"${escaped(key)}"`;
    default:
      return bare ? key : tape.chance(30) ? `'${key}'` : `"${key}"`;
  }
}

/** A whole number of seconds in one of its spellings. */
export function spellSeconds(tape: Tape, seconds: number): Spelled {
  const plain = String(seconds);
  switch (tape.pick(8)) {
    case 5:
      return { text: `+${plain}`, plain: false };
    case 6:
      return { text: `0x${seconds.toString(16).toUpperCase()}`, plain: false };
    case 7:
      return seconds > 9
        ? { text: `${plain[0] ?? ''}_${plain.slice(1)}`, plain: false }
        : { text: plain, plain: true };
    default:
      return { text: plain, plain: true };
  }
}

/** What an operator may write for keys that Kanilink does not know, in all of TOML's kinds of values. */
export function strangeValue(tape: Tape, eol: string): string {
  return tape.oneOf([
    'true',
    '-17',
    '"[replication.\\"repl://ghost:8444\\"]"',
    `[1, 2,${eol}  # "repl://ghost:8444" = {}${eol}  3,${eol}]`,
    '{ a = 1, b.c = "x", "d e" = [{}, {f = []}] }',
    `"""${eol}[replication]${eol}origin = "repl://ghost:8444"${eol}${eol}# not a comment"""`,
    `'''${eol}#'''`,
    '1979-05-27T07:32:00.5Z',
    '1979-05-27 07:32:00',
    '1979-05-27',
    '07:32:00',
    '07:32:00.999999',
    '1e06',
    '-0.5e-3',
    '[-inf, nan, +0.0]',
    '0o17',
    '0b1_0',
    '9007199254740993',
    '[[1, 2], ["a", \'b\'], [{ x = 1 }]]',
    '[1, "mixed", { of = "kinds" }]',
    '"tab\\t é ☃ \\U0001F600 \\b\\f"',
    "'C:\\path\\'",
    `"""two "" quotes"""""`,
    `[${eol}]`,
    '[ ]',
    '{}',
  ]);
}

/** What comments say that must not be taken for anything else. */
export const comment = (tape: Tape): string =>
  tape.oneOf([
    '# a note',
    '#',
    '# [replication."repl://ghost:8444"]',
    '#origin = "repl://ghost:8444"',
    '# "an open quote',
    "# ''' and another",
    '# naïve ☃ 😀\t{ [ ( "',
    '## partner_cert = "x", }',
  ]);

const escaped = (text: string): string =>
  [...text]
    .map((character, index) => {
      const code = character.codePointAt(0) ?? 0;
      if (index % 3 === 1) return character;
      return index % 2 === 0
        ? `\\u${code.toString(16).padStart(4, '0')}`
        : `\\U${code.toString(16).toUpperCase().padStart(8, '0')}`;
    })
    .join('');
