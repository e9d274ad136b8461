import type { AST } from 'toml-eslint-parser';
import { intoBraces, outOfBraces } from './edit-braces';
import { indentOf, pairStyle, quoted } from './file-style';
import { insertLines, lineStart, nextLine, removeLines, type TextEdit } from '../toml/text-edit';
import { type KeyPath, startsWith, type TomlFile, type TomlPair } from '../toml/toml-file';

/** A value Kanilink writes. */
export type Scalar = string | number | boolean;

/**
 * Edits that belong together. `alone`: no other change may be made from the same reading of the file, and this one is
 * looked at again afterwards, until it finds nothing left to do.
 */
export interface Edits {
  readonly edits: readonly TextEdit[];
  readonly alone: boolean;
}

export const noEdits: Edits = { edits: [], alone: false };

/** A value as TOML; a text in quotes like its neighbours'. */
export const literal = (value: Scalar, quote: '"' | "'"): string =>
  typeof value === 'string' ? quoted(value, quote) : String(value);

/** True when the node says this value already. */
export const says = (node: AST.TOMLContentNode, value: Scalar): boolean =>
  node.type === 'TOMLValue' && node.value === value;

/** Replaces a value that is written; nothing when it says so already. A text keeps its kind of quotes. */
export function setWritten(file: TomlFile, { pair }: TomlPair, value: Scalar): Edits {
  if (says(pair.value, value)) return noEdits;
  const [start, end] = pair.value.range;
  const quote = file.text[start] === "'" ? "'" : '"';
  return { edits: [{ start, end, text: literal(value, quote) }], alone: false };
}

/** Renames the last part of a key; its value and comments stay. */
export function renameKey({ pair }: TomlPair, name: string): Edits {
  const last = pair.key.keys.at(-1);
  return last === undefined
    ? noEdits
    : { edits: [{ start: last.range[0], end: last.range[1], text: name }], alone: false };
}

/**
 * Adds keys to a table that is written somewhere: under its header, in its braces, or as dotted keys like those that
 * are there. Null when the table is not written in a way that can take keys.
 */
export function addKeys(
  file: TomlFile,
  table: KeyPath,
  keys: readonly (readonly [string, Scalar])[],
): Edits | null {
  if (keys.length === 0) return noEdits;
  const header = file.findTable(table);
  if (header) return underHeader(file, header, keys);
  const inline = file.find(table)?.pair.value;
  if (inline?.type === 'TOMLInlineTable') {
    const written = keys.map(([key, value]) => [key, literal(value, inlineQuote(file, inline))] as const);
    return { edits: intoBraces(file, inline, inline.body.at(-1) ?? null, written), alone: true };
  }
  const sibling = lastDotted(file, table);
  return sibling === null ? null : besideDotted(file, sibling, table, keys);
}

/** Takes one pair away: its line, or its place between the commas of an inline table. */
export function removePair(file: TomlFile, { pair, holder }: TomlPair): Edits {
  if (holder.type !== 'TOMLInlineTable') {
    const start = lineStart(file.text, pair.range[0]);
    return { edits: [removeLines(file.text, start, nextLine(file.text, pair.range[1]))], alone: false };
  }
  return { edits: outOfBraces(file, holder, pair), alone: true };
}

/** Lines at the top level, before the first table. */
export function addTopLevel(file: TomlFile, lines: readonly string[]): Edits {
  const { text } = file;
  const last = file.body.filter((node) => node.type === 'TOMLKeyValue').at(-1);
  if (last) return { edits: [insertLines(text, nextLine(text, last.range[1]), lines)], alone: true };
  const first = file.tables[0];
  // A comment right above the first table is about that table, unless it heads the file.
  const at = first === undefined ? text.length : file.ownStart(first);
  return { edits: [insertLines(text, at, lines)], alone: true };
}

/** The last pair written as a dotted key through `table`: `replication.origin = …` for `['replication']`. */
export function lastDotted(file: TomlFile, table: KeyPath): TomlPair | null {
  return (
    file.pairs
      .filter(({ path, pair }) => {
        const base = path.length - pair.key.keys.length;
        return base < table.length && table.length < path.length && startsWith(path, table);
      })
      .at(-1) ?? null
  );
}

function underHeader(
  file: TomlFile,
  header: AST.TOMLTable,
  keys: readonly (readonly [string, Scalar])[],
): Edits {
  const { text } = file;
  const last = header.body.at(-1);
  const { equals, valueQuote } = pairStyle(file, last ?? nearestPair(file, header));
  const indent = indentOf(text, last ? last.range[0] : header.range[0]);
  const lines = keys.map(([key, value]) => `${indent}${key}${equals}${literal(value, valueQuote)}`);
  const at = nextLine(text, header.range[1]);
  return { edits: [insertLines(text, at, lines)], alone: false };
}

function besideDotted(
  file: TomlFile,
  sibling: TomlPair,
  table: KeyPath,
  keys: readonly (readonly [string, Scalar])[],
): Edits {
  const { text } = file;
  const { pair, holder, path } = sibling;
  const { equals, valueQuote } = pairStyle(file, pair);
  const parts = pair.key.keys.slice(0, table.length - (path.length - pair.key.keys.length));
  const prefix = text.slice(pair.key.range[0], parts.at(-1)?.range[1] ?? pair.key.range[0]);
  const dotted = keys.map(([key, value]) => [`${prefix}.${key}`, literal(value, valueQuote)] as const);
  if (holder.type === 'TOMLInlineTable')
    return { edits: intoBraces(file, holder, pair, dotted), alone: true };
  const indent = indentOf(text, pair.range[0]);
  const lines = dotted.map(([key, value]) => `${indent}${key}${equals}${value}`);
  return { edits: [insertLines(text, nextLine(text, pair.range[1]), lines)], alone: false };
}

const inlineQuote = (file: TomlFile, braces: AST.TOMLInlineTable) =>
  pairStyle(file, braces.body[0] ?? null).valueQuote;

const nearestPair = (file: TomlFile, header: AST.TOMLTable): AST.TOMLKeyValue | null =>
  file.pairs.find(({ pair }) => pair.range[0] > header.range[0])?.pair ?? file.pairs.at(-1)?.pair ?? null;
