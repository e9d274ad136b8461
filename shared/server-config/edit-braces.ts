import type { AST } from 'toml-eslint-parser';
import { indentOf, pairStyle } from './file-style';
import { commentsAbove, insertLines, lineStart, nextLine, type TextEdit } from '../toml/text-edit';
import type { TomlFile } from '../toml/toml-file';

/*
 * Keys inside the braces of an inline table. On one line, as TOML 1.0 has them, a key is a place between commas. Over
 * several lines, with comments and a comma after the last one, as TOML 1.1 allows, it is a line, and the comments of its
 * neighbours stay theirs.
 */

/**
 * Adds `key = text` pairs to an inline table, after `after` or as the first.
 * @param keys names and values as they are to be written.
 */
export function intoBraces(
  file: TomlFile,
  braces: AST.TOMLInlineTable,
  after: AST.TOMLKeyValue | null,
  keys: readonly (readonly [string, string])[],
): readonly TextEdit[] {
  const { text } = file;
  const { equals } = pairStyle(file, braces.body[0] ?? null);
  const written = keys.map(([key, value]) => `${key}${equals}${value}`);
  if (after === null) {
    const inside = text.slice(braces.range[0] + 1, braces.range[1] - 1);
    if (!inside.includes('\n')) {
      const half = braces.range[0] + 1 + Math.ceil(inside.length / 2);
      const before = inside === '' ? ' ' : '';
      const after = inside.length < 2 ? ' ' : '';
      return [{ start: half, end: half, text: `${before}${written.join(', ')}${after}` }];
    }
    const indent = `${outerIndent(text, braces.range[0])}  `;
    const lines = written.map((line) => `${indent}${line},`);
    return [insertLines(text, nextLine(text, braces.range[0]), lines)];
  }
  if (!isLastOfLine(text, after, braces))
    return [{ start: after.range[1], end: after.range[1], text: `, ${written.join(', ')}` }];
  const comma = commaAfter(text, after.range[1]);
  const indent = indentOf(text, after.range[0]) || `${outerIndent(text, braces.range[0])}  `;
  // Where the last key has a comma, so has the new last one.
  const isLast = braces.body.at(-1) === after && comma === null;
  const lines = written.map(
    (line, index) => `${indent}${line}${isLast && index === written.length - 1 ? '' : ','}`,
  );
  const below = insertLines(text, nextLine(text, comma ?? after.range[1]), lines);
  return comma === null ? [{ start: after.range[1], end: after.range[1], text: ',' }, below] : [below];
}

/** Takes one pair out of the braces it stands in. */
export function outOfBraces(
  { text }: TomlFile,
  braces: AST.TOMLInlineTable,
  pair: AST.TOMLKeyValue,
): readonly TextEdit[] {
  const index = braces.body.indexOf(pair);
  const [previous, next] = [braces.body[index - 1], braces.body[index + 1]];
  const from = previous?.range[1] ?? braces.range[0] + 1;
  const to = next?.range[0] ?? braces.range[1] - 1;
  if (!text.slice(from, pair.range[0]).includes('\n') && !text.slice(pair.range[1], to).includes('\n')) {
    if (previous) return [{ start: previous.range[1], end: pair.range[1], text: '' }];
    return [{ start: next ? pair.range[0] : from, end: to, text: '' }];
  }
  const comma = commaAfter(text, pair.range[1]);
  const start = lineStart(text, pair.range[0]);
  const end = nextLine(text, comma ?? pair.range[1]);
  const startsLine = start >= from && text.slice(start, pair.range[0]).trim() === '';
  const endsLine =
    end <= to && /^\s*(#.*)?$/.test(text.slice((comma ?? pair.range[1] - 1) + 1, end).trimEnd());
  const before = previous ? commaAfter(text, previous.range[1]) : null;
  if (startsLine && endsLine && (comma !== null || next === undefined)) {
    const floor = nextLine(text, from - 1);
    const lines = { start: commentsAbove(text, start, Math.min(floor, start)), end, text: '' };
    // Where the last key has no comma, the new last one has none either.
    return comma === null && before !== null ? [without(before), lines] : [lines];
  }
  const one: TextEdit = { start: pair.range[0], end: pair.range[1], text: '' };
  const gone = comma ?? before;
  return gone === null ? [one] : [one, without(gone)];
}

const without = (offset: number): TextEdit => ({ start: offset, end: offset + 1, text: '' });

/** The comma that follows at once, but for spaces, line ends and comments; null: there is none. */
function commaAfter(text: string, offset: number): number | null {
  for (let at = offset; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === ',') return at;
    if (letter === '#') at = nextLine(text, at) - 1;
    else if (letter !== undefined && !/\s/.test(letter)) return null;
  }
  return null;
}

/** After the pair its line has a comma and a comment at most, and the braces go on below. */
function isLastOfLine(text: string, pair: AST.TOMLKeyValue, braces: AST.TOMLInlineTable): boolean {
  const end = nextLine(text, pair.range[1]);
  const comma = commaAfter(text, pair.range[1]);
  if (end >= braces.range[1] || (comma !== null && comma >= end)) return false;
  return /^[ \t]*(?:,[ \t]*)?(?:#.*)?$/.test(text.slice(pair.range[1], end).trimEnd());
}

/** The indentation of the line an offset is on. */
const outerIndent = (text: string, offset: number): string =>
  /^[ \t]*/.exec(text.slice(lineStart(text, offset)))?.[0] ?? '';
