import type { AST } from 'toml-eslint-parser';
import { blankLinesAbove, lineStart } from '../toml/text-edit';
import type { TomlFile } from '../toml/toml-file';

/** How an operator writes, taken from the nearest example in the file. */
export interface FileStyle {
  /** White space before a header. */
  readonly headerIndent: string;
  /** White space before a key under a header. */
  readonly keyIndent: string;
  /** What stands between key and value: ` = ` or `=`. */
  readonly equals: string;
  readonly keyQuote: Quote;
  readonly valueQuote: Quote;
  /** Inside the brackets of a header: none or spaces. */
  readonly bracketPadding: string;
  /** Around the dots of a header. */
  readonly dot: string;
  /** Blank lines above a header. */
  readonly blankLines: number;
}

type Quote = '"' | "'";

/** The style of a table to be added after `example`; of the file's usual form where there is no example. */
export function styleOf(file: TomlFile, example: AST.TOMLTable | null): FileStyle {
  const pair =
    example?.body[0] ?? file.pairs.find(({ path }) => path[0] === 'replication')?.pair ?? file.pairs[0]?.pair;
  const header = example ?? file.tables.at(-1) ?? null;
  const ofPair = pairStyle(file, pair ?? null);
  return {
    headerIndent: header === null ? '' : indentOf(file.text, header.range[0]),
    keyIndent: example?.body[0] === undefined ? '' : indentOf(file.text, example.body[0].range[0]),
    equals: ofPair.equals,
    keyQuote: keyQuote(example) ?? ofPair.valueQuote,
    valueQuote: ofPair.valueQuote,
    bracketPadding: header === null ? '' : bracketPadding(file.text, header),
    dot: example === null ? '.' : dotOf(file.text, example),
    blankLines: blankAbove(file, example),
  };
}

/** The style of keys and values next to `pair`. */
export function pairStyle(
  file: TomlFile,
  pair: AST.TOMLKeyValue | null,
): Pick<FileStyle, 'equals' | 'valueQuote'> {
  if (pair === null) return { equals: ' = ', valueQuote: '"' };
  const strings = pair.parent.body.flatMap((node) => (node.type === 'TOMLKeyValue' ? [node.value] : []));
  const example = [pair.value, ...strings].find(
    (value) => value.type === 'TOMLValue' && value.kind === 'string',
  );
  return {
    equals: file.text.slice(pair.key.range[1], pair.value.range[0]),
    valueQuote: example !== undefined && file.text[example.range[0]] === "'" ? "'" : '"',
  };
}

/** A text in quotes: the given ones, unless they cannot hold it. */
export function quoted(text: string, quote: Quote): string {
  if (quote === "'" && !/['\u0000-\u0008\u000A-\u001F\u007F]/.test(text)) return `'${text}'`;
  // JSON escapes all that TOML wants escaped, but for DEL.
  return JSON.stringify(text).replaceAll('\u007F', '\\u007F');
}

/** The blanks before a place of a text, where nothing else stands before it on its line; else none. */
export const indentOf = (text: string, offset: number): string => {
  const before = text.slice(lineStart(text, offset), offset);
  return /^[ \t]*$/.test(before) ? before : '';
};

function keyQuote(example: AST.TOMLTable | null): Quote | null {
  const key = example?.key.keys.find((part) => part.type === 'TOMLQuoted');
  return key?.type === 'TOMLQuoted' ? (key.style === 'literal' ? "'" : '"') : null;
}

function bracketPadding(text: string, table: AST.TOMLTable): string {
  const opening = table.kind === 'array' ? 2 : 1;
  return text.slice(table.range[0] + opening, table.key.range[0]);
}

function dotOf(text: string, table: AST.TOMLTable): string {
  const [first, second] = table.key.keys;
  return first && second ? text.slice(first.range[1], second.range[0]) : '.';
}

/** As above the example; where that is not itself a partner's, as most anywhere in the file. */
function blankAbove(file: TomlFile, example: AST.TOMLTable | null): number {
  const { text } = file;
  const above = (table: AST.TOMLTable): number | null => {
    const start = file.ownStart(table);
    return start === 0 ? null : blankLinesAbove(text, start);
  };
  const shown = example !== null && example.resolvedKey.length > 1 ? above(example) : null;
  if (shown !== null) return shown;
  const counts = file.tables.map(above).filter((count) => count !== null);
  return counts.length === 0 ? 1 : counts.reduce((most, count) => Math.max(most, count), 0);
}
