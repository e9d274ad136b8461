/** What a TOML parser is not given, and where it starts. */
export interface BeyondBounds {
  readonly what: 'size' | 'parts' | 'depth' | 'value';
  /** UTF-16 units from the start of the text. */
  readonly offset: number;
}

/** Characters. A server.toml with 1,000 partners has some 750,000. */
export const LONGEST_TOML = 2 * 1024 * 1024;
/** Lines, keys, values and brackets together. A server.toml with 1,000 partners has some 12,000. */
export const MOST_PARTS = 100_000;
/** Brackets inside brackets, or parts of one dotted key. Files of ours have three. */
export const DEEPEST_TOML = 64;
/** Characters of one text, number or bare key. A certificate has some 600. */
export const LONGEST_VALUE = 64 * 1024;

/**
 * Looks over a text before a parser sees it. Parsers take memory and time by the square of how deep brackets and dotted
 * keys go, and run out of stack over them and over long texts: a small hostile file would hold the program for minutes.
 * One pass, no recursion.
 * @returns null when the text may be parsed; whether it is TOML, the parser says.
 */
export function beyondBounds(text: string): BeyondBounds | null {
  if (text.length > LONGEST_TOML) return { what: 'size', offset: LONGEST_TOML };
  let depth = 0;
  let parts = 0;
  let dots = 0;
  /** Where the number or bare key began. */
  let began = 0;
  // Most characters are of no interest: the expression finds the next that is.
  const next = /[#"'.[\]{}\s=,]/g;
  for (let at = 0; at < text.length; at += 1) {
    next.lastIndex = at;
    at = next.test(text) ? next.lastIndex - 1 : text.length;
    if (at - began > LONGEST_VALUE) return { what: 'value', offset: began };
    if (parts > MOST_PARTS) return { what: 'parts', offset: at };
    switch (text.charAt(at)) {
      case '#':
        parts += 1;
        at = endOfLine(text, at) - 1;
        began = at + 1;
        break;
      case '"':
      case "'":
        began = at;
        at = endOfString(text, at) - 1;
        if (at - began > LONGEST_VALUE) return { what: 'value', offset: began };
        began = at + 1;
        break;
      case '.':
        dots += 1;
        if (dots > DEEPEST_TOML) return { what: 'depth', offset: at };
        break;
      case '[':
      case '{':
        dots = 0;
        began = at;
        parts += 1;
        depth += 1;
        if (depth > DEEPEST_TOML) return { what: 'depth', offset: at };
        break;
      case ']':
      case '}':
        began = at;
        depth = Math.max(0, depth - 1);
        break;
      case ' ':
      case '\t':
      case '\r':
        began = at;
        break;
      case '\n':
      case '=':
      case ',':
        parts += 1;
        dots = 0;
        began = at;
        break;
    }
  }
  return null;
}

/** The offset after the string that begins here; an unfinished one ends with its line, or with the text. */
function endOfString(text: string, start: number): number {
  const quote = text[start] ?? '"';
  const triple = quote.repeat(3);
  if (!text.startsWith(triple, start)) {
    for (let at = start + 1; at < text.length; at += 1) {
      if (text[at] === '\\' && quote === '"') at += 1;
      else if (text[at] === quote) return at + 1;
      else if (text[at] === '\n') return at;
    }
    return text.length;
  }
  for (let from = start + 3; ;) {
    const end = text.indexOf(triple, from);
    if (end === -1) return text.length;
    if (quote === '"' && isEscaped(text, end, start + 3)) {
      from = end + 1;
      continue;
    }
    // Up to two quotes may stand right before the closing ones.
    let after = end + 3;
    while (after < end + 5 && text[after] === quote) after += 1;
    return after;
  }
}

function isEscaped(text: string, offset: number, start: number): boolean {
  let backslashes = 0;
  while (offset - backslashes > start && text[offset - backslashes - 1] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}

function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end;
}
