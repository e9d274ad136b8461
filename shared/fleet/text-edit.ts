import type { AST } from 'toml-eslint-parser';
import { findTable, type KeyPath, type TomlDocument } from './document';

/** Replaces the characters from `start` up to `end`. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A value as it is written into a fleet file. */
export type Writable = string | number | boolean | { readonly x: number; readonly y: number };

/** Applies edits, in the order of their places; where two removals overlap, the common part goes once. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let done = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    result += text.slice(done, Math.max(done, edit.start)) + edit.text;
    done = Math.max(done, edit.end);
  }
  return result + text.slice(done);
}

/**
 * Sets, adds or (with null) removes the key at a path of two or more parts, or one at the top level. A value that is
 * already so gives no edit. New keys come after the table's last one.
 */
export function editKey(document: TomlDocument, path: KeyPath, value: Writable | null): TextEdit[] {
  const written = document.find(path);
  if (typeof value === 'object' && value !== null && written !== null && written.pair === null)
    return [...editKey(document, [...path, 'x'], value.x), ...editKey(document, [...path, 'y'], value.y)];
  if (written?.pair) {
    if (value === null) return [removeLine(document.text, written.pair)];
    if (written.value === null || says(written.value, value)) return [];
    return [{ start: written.value.range[0], end: written.value.range[1], text: literal(value) }];
  }
  if (value === null) return removeSubTable(document, path);
  const key = String(path.at(-1));
  const table = path.length === 1 ? null : findTable(document, path.slice(0, -1));
  const last = (table ? table.body : document.topLevel).at(-1);
  const after = last ? last.range[1] : (table?.range[1] ?? 0);
  return [insertLines(document.text, after, [`${key} = ${literal(value)}`])];
}

/** Appends a table after the last one of its kind (with its sub-tables), else after the last of the kinds before it. */
export function appendTable(
  document: TomlDocument,
  name: string,
  after: readonly string[],
  keys: readonly (readonly [string, Writable])[],
): TextEdit[] {
  const before = [name, ...after].find((kind) =>
    document.tables.some((table) => table.resolvedKey[0] === kind),
  );
  const neighbour = document.tables.filter((table) => table.resolvedKey[0] === before).at(-1);
  const end = neighbour ? neighbour.range[1] : (document.topLevel.at(-1)?.range[1] ?? 0);
  const lines = keys.map(([key, value]) => `${key} = ${literal(value)}`);
  return [insertLines(document.text, afterComments(document.text, end), ['', `[[${name}]]`, ...lines])];
}

/** Removes a table with its sub-tables, the comment right above it, and one empty line. */
export function removeTable(document: TomlDocument, path: KeyPath): TextEdit[] {
  return document.tables
    .filter((table) => path.every((part, position) => table.resolvedKey[position] === part))
    .map((table) => blockOf(document.text, table));
}

/** TOML's spelling of a value; strings as basic strings. */
export function literal(value: Writable): string {
  if (typeof value === 'object') return `{ x = ${value.x}, y = ${value.y} }`;
  if (typeof value !== 'string') return String(value);
  // JSON escapes all that TOML wants escaped, but for DEL.
  return JSON.stringify(value).replaceAll('\u007F', '\\u007F');
}

function says(node: AST.TOMLContentNode, value: Writable): boolean {
  if (typeof value !== 'object') return node.type === 'TOMLValue' && node.value === value;
  if (node.type !== 'TOMLInlineTable' || node.body.length !== 2) return false;
  return node.body.every((pair) => {
    const key = pair.key.keys[0];
    const name = key?.type === 'TOMLBare' ? key.name : key?.value;
    return (name === 'x' || name === 'y') && says(pair.value, value[name]);
  });
}

/** Keys written as `[server.position]` or `position.x`: all of them go. */
function removeSubTable(document: TomlDocument, path: KeyPath): TextEdit[] {
  const table = findTable(document, path);
  if (table) return [blockOf(document.text, table)];
  return ['x', 'y'].flatMap((key) => {
    const pair = document.find([...path, key])?.pair;
    return pair ? [removeLine(document.text, pair)] : [];
  });
}

function insertLines(text: string, after: number, lines: readonly string[]): TextEdit {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const at = lineEnd(text, after);
  const unfinished = at > 0 && text[at - 1] !== '\n';
  return { start: at, end: at, text: (unfinished ? eol : '') + lines.map((line) => line + eol).join('') };
}

function removeLine(text: string, pair: AST.TOMLKeyValue): TextEdit {
  return { start: lineStart(text, pair.range[0]), end: lineEnd(text, pair.range[1]), text: '' };
}

function blockOf(text: string, table: AST.TOMLTable): TextEdit {
  let start = lineStart(text, table.range[0]);
  for (let above = start; above > 0;) {
    above = lineStart(text, above - 1);
    if (!isComment(text, above)) break;
    start = above;
  }
  let end = lineEnd(text, afterComments(text, table.range[1]));
  const above = start > 0 ? lineStart(text, start - 1) : 0;
  if (start > 0 && isEmpty(text, above)) start = above;
  else if (end < text.length && isEmpty(text, end)) end = lineEnd(text, end);
  return { start, end, text: '' };
}

/** The end of the last comment line that follows without an empty line and belongs to what is above. */
function afterComments(text: string, offset: number): number {
  let end = offset;
  for (let line = lineEnd(text, offset); line < text.length && isComment(text, line);) {
    const next = lineEnd(text, line);
    end = next - 1;
    line = next;
  }
  const following = lineEnd(text, end);
  // Comments that touch the next header are about that one.
  return following < text.length && !isEmpty(text, following) ? offset : end;
}

const lineStart = (text: string, offset: number): number =>
  offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;

/** The start of the next line, or the end of the text. */
function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end + 1;
}

const lineAt = (text: string, start: number): string => text.slice(start, lineEnd(text, start)).trim();
const isEmpty = (text: string, start: number): boolean => lineAt(text, start) === '';
const isComment = (text: string, start: number): boolean => lineAt(text, start).startsWith('#');
