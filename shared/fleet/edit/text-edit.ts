import type { AST } from 'toml-eslint-parser';
import {
  commentsBelow,
  insertLines,
  isBlank,
  lineStart,
  nextLine,
  removeLines,
  type TextEdit,
} from '../../toml/text-edit';
import type { TomlDocument } from '../read/document';
import { keyName, type KeyPath, startsWith } from '../../toml/toml-file';

/** A value as it is written into a fleet file. */
export type Writable = string | number | boolean | { readonly x: number; readonly y: number };

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
  const table = path.length === 1 ? null : document.file.findTable(path.slice(0, -1));
  const last = (table ? table.body : document.topLevel).at(-1);
  const after = last ? last.range[1] : (table?.range[1] ?? 0);
  return [insertLines(document.text, nextLine(document.text, after), [`${key} = ${literal(value)}`])];
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
  const at = commentsBelow(document.text, nextLine(document.text, end));
  return [insertLines(document.text, at, ['', `[[${name}]]`, ...lines])];
}

/** Removes a table with its sub-tables, the comment right above it, and one empty line. */
export function removeTable(document: TomlDocument, path: KeyPath): TextEdit[] {
  return document.tables
    .filter((table) => startsWith(table.resolvedKey, path))
    .map((table) => blockOf(document, table));
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
    const name = key && keyName(key);
    return (name === 'x' || name === 'y') && says(pair.value, value[name]);
  });
}

/** Keys written as `[server.position]` or `position.x`: all of them go. */
function removeSubTable(document: TomlDocument, path: KeyPath): TextEdit[] {
  const table = document.file.findTable(path);
  if (table) return [blockOf(document, table)];
  return ['x', 'y'].flatMap((key) => {
    const pair = document.find([...path, key])?.pair;
    return pair ? [removeLine(document.text, pair)] : [];
  });
}

const removeLine = (text: string, pair: AST.TOMLKeyValue): TextEdit =>
  removeLines(text, lineStart(text, pair.range[0]), nextLine(text, pair.range[1]));

/** A table's lines, the comments that belong to it, and one empty line. */
function blockOf({ text, file }: TomlDocument, table: AST.TOMLTable): TextEdit {
  const start = file.ownStart(table);
  const end = commentsBelow(text, nextLine(text, table.range[1]));
  const above = start > 0 ? lineStart(text, start - 1) : 0;
  if (start > 0 && isBlank(text, above)) return removeLines(text, above, end);
  return removeLines(text, start, isBlank(text, end) ? nextLine(text, end) : end);
}
