import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import { commentsAbove, lineStart, nextLine } from './text-edit';
import { type Fault, fail, ok, type Place, type Result } from '../result';
import { beyondBounds, LONGEST_TOML, LONGEST_VALUE, MOST_PARTS } from '../toml-bounds';

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
  find(path: KeyPath): TomlPair | null;
  /** The header of exactly this table. */
  findTable(path: KeyPath): AST.TOMLTable | null;
  /** Where the lines of a header or a key begin: with the comments right above it. */
  ownStart(node: AST.TOMLNode): number;
}

/**
 * Reads the bytes of a server.toml as TOML 1.0. The bytes are checked first, for the parser takes bad UTF-8 and a bare
 * carriage return (`electron.md`), and Kanidm does not.
 * @returns fault `server-toml-syntax`, `server-toml-not-utf8`, `server-toml-too-large` or `server-toml-too-deep`, with
 * line and column where there is one.
 */
export function readToml(bytes: Uint8Array, where: Place): Result<TomlFile> {
  // A character has at most four bytes: beyond this it is not worth decoding.
  if (bytes.length > 4 * LONGEST_TOML) return fail(tooLarge(where));
  let decoded: string;
  try {
    decoded = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail(notUtf8(bytes, where));
  }
  const byteOrderMark = decoded.startsWith(MARK);
  return parseToml(byteOrderMark ? decoded.slice(1) : decoded, byteOrderMark, where);
}

/** The same for text that was decoded already, its byte order mark taken off. */
export function parseToml(text: string, byteOrderMark: boolean, where: Place): Result<TomlFile> {
  const beyond = beyondBounds(text);
  if (beyond?.what === 'size' || beyond?.what === 'parts') return fail(tooLarge(where));
  if (beyond)
    return fail((beyond.what === 'depth' ? tooDeep : tooLong)({ ...where, ...placeOf(text, beyond.offset) }));
  const bareReturn = /\r(?!\n)/.exec(text);
  if (bareReturn) {
    const at = placeOf(text, bareReturn.index);
    return fail(syntax('a carriage return stands alone', { ...where, ...at }));
  }
  try {
    const { body } = parseTOML(text, { tomlVersion: '1.0' }).body[0];
    return ok(fileOf(text, byteOrderMark, body));
  } catch (error) {
    if (error instanceof ParseError)
      return fail(syntax(lowerFirst(error.message), { ...where, ...locate(error) }));
    throw error;
  }
}

/** The bytes of a file whose text became `text`: the byte order mark comes back. */
export const encodeToml = (text: string, byteOrderMark: boolean): Uint8Array =>
  new TextEncoder().encode(byteOrderMark ? MARK + text : text);

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

const MARK = '\uFEFF';

function fileOf(text: string, byteOrderMark: boolean, body: TomlFile['body']): TomlFile {
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

function syntax(what: string, where: Place): Fault {
  return {
    code: 'server-toml-syntax',
    message: `This is not valid TOML: ${what}.`,
    fix: 'Correct the line; kanidmd would refuse to start with it.',
    where,
  };
}

function notUtf8(bytes: Uint8Array, where: Place): Fault {
  const decoded = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const encoder = new TextEncoder();
  const lines = decoded.split('\n');
  // Decoding a bad byte gives a replacement character; a genuine one in the text encodes back to its own bytes.
  let offset = 0;
  const line = lines.findIndex((content) => {
    const encoded = encoder.encode(content);
    const same = encoded.every((byte, index) => bytes[offset + index] === byte);
    if (same) offset += encoded.length + 1;
    return !same;
  });
  const column = (lines[line] ?? '').indexOf('\uFFFD');
  return {
    code: 'server-toml-not-utf8',
    message: 'server.toml is not UTF-8 text; kanidmd refuses it too.',
    fix: 'Save it as UTF-8, then check again.',
    where: line < 0 ? where : { ...where, line: line + 1, column: Math.max(column, 0) + 1 },
  };
}

const tooLarge = (where: Place): Fault => ({
  code: 'server-toml-too-large',
  message: `This file has more than ${LONGEST_TOML} characters or ${MOST_PARTS} lines and values; no server.toml has.`,
  fix: 'Check the path: this is probably another file.',
  where,
});

const tooDeep = (where: Place): Fault => ({
  code: 'server-toml-too-deep',
  message: 'Values are nested too deeply to be a server.toml.',
  fix: 'Check the path: this is probably another file.',
  where,
});

const tooLong = (where: Place): Fault => ({
  code: 'server-toml-value-too-long',
  message: `A value has more than ${LONGEST_VALUE} characters; the longest in a server.toml, a certificate, has some 600.`,
  fix: 'Correct the line, or check the path: this is probably another file.',
  where,
});

/** The parser counts an unexpected end at the line after the last. */
const locate = (error: ParseError): { readonly line: number; readonly column: number } => ({
  line: error.lineNumber,
  column: error.column + 1,
});

function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '');
