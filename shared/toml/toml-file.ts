import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import { commentsAbove, lineStart, nextLine } from './text-edit';
import { type BeyondBounds, beyondBounds } from './toml-bounds';

/** A path of keys; numbers are positions in arrays of tables. */
export type KeyPath = readonly (string | number)[];

/** A key that is written with a value, wherever it stands. */
export interface TomlPair {
  /** From the top: `['replication', 'repl://a:8444', 'type']`, whatever the spelling. */
  readonly path: KeyPath;
  readonly pair: AST.TOMLKeyValue;
  /** What the pair stands in. */
  readonly holder: AST.TOMLTopLevelTable | AST.TOMLTable | AST.TOMLInlineTable;
}

/** A TOML file, parsed, with every key's place. Offsets are in UTF-16 units of `text`. */
export interface TomlFile {
  /** Without the byte order mark. */
  readonly text: string;
  readonly byteOrderMark: boolean;
  /** Keys in the order of the file, those of inline tables after the pair that holds them; not inside arrays. */
  readonly pairs: readonly TomlPair[];
  /** Headers, `[a.b]` and `[[a]]`, in the order of the file. */
  readonly tables: readonly AST.TOMLTable[];
  readonly body: readonly (AST.TOMLKeyValue | AST.TOMLTable)[];
  readonly program: AST.TOMLProgram;
  find(path: KeyPath): TomlPair | null;
  /** The header of exactly this table. */
  findTable(path: KeyPath): AST.TOMLTable | null;
  /** Where the lines of a header or a key begin: with the comments right above it. */
  ownStart(node: AST.TOMLNode): number;
}

/** Why a text is not read as TOML, and where, 1-based; the reader of the file says it in its own words. */
export type NotToml = TomlPlace &
  ({ readonly what: 'syntax'; readonly words: string } | { readonly what: BeyondBounds['what'] });

export interface TomlPlace {
  readonly line: number;
  readonly column: number;
}

/**
 * Parses a text, checked first: the parser takes a bare carriage return (`decisions/0002-what-iarna-toml-is-for.md`), which
 * no TOML has, and more than it can bear (`toml-bounds.ts`).
 * @param text its byte order mark taken off, for the parser refuses it.
 * @param byteOrderMark there was one.
 */
export function parseTomlFile(
  text: string,
  byteOrderMark: boolean,
  tomlVersion: '1.0' | '1.1',
): TomlFile | NotToml {
  const beyond = beyondBounds(text);
  if (beyond) return { what: beyond.what, ...placeOf(text, beyond.offset) };
  const bareReturn = /\r(?!\n)/.exec(text);
  if (bareReturn)
    return {
      what: 'syntax',
      words: 'a carriage return without a line feed',
      ...placeOf(text, bareReturn.index),
    };
  const program = parsed(text, tomlVersion);
  return 'what' in program ? program : fileOf(text, byteOrderMark, program);
}

/** Why a text is not TOML of a version; null: it is. */
export function notTomlOf(text: string, tomlVersion: '1.0' | '1.1'): NotToml | null {
  const program = parsed(text, tomlVersion);
  return 'what' in program ? program : null;
}

function parsed(text: string, tomlVersion: '1.0' | '1.1'): AST.TOMLProgram | NotToml {
  try {
    return parseTOML(text, { tomlVersion });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    // The parser counts an unexpected end at the line after the last.
    const at = { line: error.lineNumber, column: error.column + 1 };
    return { what: 'syntax', words: lowerFirst(error.message), ...at };
  }
}

/** Where a node starts, 1-based. */
export const startOf = (node: AST.TOMLNode): { readonly line: number; readonly column: number } => ({
  line: node.loc.start.line,
  column: node.loc.start.column + 1,
});

/** A key's name, bare or quoted. */
export const keyName = (key: AST.TOMLBare | AST.TOMLQuoted): string =>
  key.type === 'TOMLBare' ? key.name : key.value;

/** A path as one string, for maps. */
export const pathKey = (path: KeyPath): string => JSON.stringify(path);

/** True when `path` is `start` or lies under it. */
export const startsWith = (path: KeyPath, start: KeyPath): boolean =>
  start.every((part, index) => path[index] === part);

function fileOf(text: string, byteOrderMark: boolean, program: AST.TOMLProgram): TomlFile {
  const { body } = program.body[0];
  const pairs: TomlPair[] = [];
  const collect = (pair: AST.TOMLKeyValue, base: KeyPath, holder: TomlPair['holder']): void => {
    const path = [...base, ...pair.key.keys.map(keyName)];
    pairs.push({ path, pair, holder });
    if (pair.value.type !== 'TOMLInlineTable') return;
    for (const inner of pair.value.body) collect(inner, path, pair.value);
  };
  const tables = body.filter((node) => node.type === 'TOMLTable');
  for (const node of body) {
    if (node.type === 'TOMLTable') for (const pair of node.body) collect(pair, node.resolvedKey, node);
    else if (node.parent.type === 'TOMLTopLevelTable') collect(node, [], node.parent);
  }
  const byPath = new Map(pairs.map((pair) => [pathKey(pair.path), pair]));
  const tableByPath = new Map(tables.map((table) => [pathKey(table.resolvedKey), table]));
  // The last line of a text in triple quotes may look like a comment: what is above a line ends where the node above does.
  let ends: readonly number[] | null = null;
  const ownStart = (node: AST.TOMLNode): number => {
    ends ??= [
      ...pairs.filter(({ holder }) => holder.type !== 'TOMLInlineTable').map(({ pair }) => pair.range[1]),
      ...tables.map((table) => table.key.range[1]),
    ].sort((a, b) => a - b);
    const start = lineStart(text, node.range[0]);
    const above = lastBelow(ends, start);
    return commentsAbove(text, start, above === null ? 0 : nextLine(text, above));
  };
  return {
    text,
    byteOrderMark,
    pairs,
    tables,
    body,
    program,
    find: (path) => byPath.get(pathKey(path)) ?? null,
    findTable: (path) => tableByPath.get(pathKey(path)) ?? null,
    ownStart,
  };
}

/** The greatest of sorted numbers that is less than `limit`. */
function lastBelow(sorted: readonly number[], limit: number): number | null {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] ?? limit) < limit) from = middle + 1;
    else to = middle;
  }
  return sorted[from - 1] ?? null;
}

function placeOf(text: string, offset: number): TomlPlace {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '');
