import { describeLink } from '../model/fleet';
import type { AST } from 'toml-eslint-parser';
import { parseOrigin } from '../../base/origin';
import { tableValues } from '../edit/fleet-edit';
import { describePath, parseDocument, type TomlDocument } from '../read/document';
import { keyName, type KeyPath } from '../../toml/toml-file';

/** A part of a fleet file that is merged as one: a top-level key, a server, a link, a removed server, a lone comment. */
export interface Entry {
  /** The same entry has the same key in every version of the file. */
  readonly key: string;
  /** For people: `idm-b`, `the link idm-a → idm-b`, `name`. */
  readonly title: string;
  readonly kind: 'key' | 'table' | 'comment';
  /** Its lines, with the comments that touch it; no empty line before or after, no line end. */
  readonly text: string;
  /** Empty lines before it. */
  readonly gap: number;
}

/** A statement with the lines it takes, 0-based, the last included. */
interface Lines {
  from: number;
  to: number;
  readonly key: string;
  readonly title: string;
  readonly kind: 'key' | 'table';
}

/**
 * Takes a fleet file apart.
 *
 * @param text with `\n` as line ends and without a byte order mark
 * @returns the entries in the order of the file: written after one another, with their gaps, they are the file again. Null:
 * it is no TOML, or a table lies in two places.
 */
export function entriesOf(text: string): readonly Entry[] | null {
  const document = parseDocument(text);
  if (!document.ok) return null;
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const statements = statementsOf(document.value);
  if (statements === null) return null;
  takeComments(statements, lines);
  const entries: Entry[] = [];
  const counts = new Map<string, number>();
  let gap = 0;
  const add = (entry: Omit<Entry, 'gap' | 'text'>, from: number, to: number): void => {
    const nth = (counts.get(entry.key) ?? 0) + 1;
    counts.set(entry.key, nth);
    const key = nth === 1 ? entry.key : `${entry.key} #${nth}`;
    entries.push({ ...entry, key, gap, text: lines.slice(from, to + 1).join('\n') });
    gap = 0;
  };
  const addComments = (from: number, to: number): void => {
    for (let at = from; at < to; at += 1) {
      if (isEmpty(lines[at])) gap += 1;
      else {
        const first = at;
        while (at + 1 < to && !isEmpty(lines[at + 1])) at += 1;
        const key = `# ${lines.slice(first, at + 1).join('\n')}`;
        add({ key, title: 'a comment', kind: 'comment' }, first, at);
      }
    }
  };
  let next = 0;
  for (const { from, to, ...entry } of statements) {
    addComments(next, from);
    add(entry, from, to);
    next = to + 1;
  }
  addComments(next, lines.length);
  return entries;
}

/** The text of entries, written after one another. */
export function textOf(entries: readonly Entry[]): string {
  return entries.map(({ text, gap }) => `${'\n'.repeat(gap)}${text}\n`).join('');
}

/** Top-level keys and tables in the order of the file; a sub-table is part of its table. Null: a table lies in two places. */
function statementsOf(document: TomlDocument): Lines[] | null {
  const found: Lines[] = document.topLevel.map((pair) => {
    const name = pair.key.keys.map(keyName).join('.');
    return { ...linesOf(pair), key: `= ${name}`, title: name, kind: 'key' };
  });
  const roots = new Set<string>();
  let before = '';
  for (const table of document.tables) {
    const path = table.resolvedKey.slice(0, typeof table.resolvedKey[1] === 'number' ? 2 : 1);
    const root = describePath(path);
    const last = found.at(-1);
    if (root === before && last !== undefined) last.to = linesOf(table).to;
    else if (roots.has(root)) return null;
    else found.push({ ...linesOf(table), ...nameOf(document, path), kind: 'table' });
    roots.add(root);
    before = root;
  }
  return found;
}

const linesOf = ({ loc }: { readonly loc: AST.SourceLocation }): { from: number; to: number } => ({
  from: loc.start.line - 1,
  to: loc.end.line - 1,
});

/** What tells a table from the others of its kind, in every version of the file. */
function nameOf(document: TomlDocument, path: KeyPath): { key: string; title: string } {
  const [table, index] = path;
  const values = typeof index === 'number' ? tableValues(document, String(table))[index] : undefined;
  const value = (key: string): string => {
    const written = values?.[key];
    return typeof written === 'string' ? written : '?';
  };
  if (values === undefined) return { key: `[${describePath(path)}`, title: `[${describePath(path)}]` };
  if (table === 'server') return { key: `server ${value('id')}`, title: value('id') };
  if (table === 'link') {
    const [supplier, consumer] = [value('supplier'), value('consumer')];
    // At most one joins a pair, whichever way it runs.
    const key = `link ${[supplier, consumer].sort().join(' ')}`;
    return { key, title: `the link ${describeLink({ supplier, consumer })}` };
  }
  if (table === 'removed') {
    const origin = parseOrigin(value('origin'))?.origin ?? value('origin');
    return { key: `removed ${origin}`, title: `${origin}, listed as removed` };
  }
  return { key: `[[${String(table)}`, title: `[[${String(table)}]]` };
}

/** Comments that touch a statement from above are about it; those that follow it without an empty line too. */
function takeComments(statements: readonly Lines[], lines: readonly string[]): void {
  for (const [place, statement] of statements.entries()) {
    const before = statements[place - 1];
    while (statement.from > (before?.to ?? -1) + 1 && isComment(lines[statement.from - 1]))
      statement.from -= 1;
    if (before !== undefined) takeFollowing(before, lines, statement.from);
  }
  const last = statements.at(-1);
  if (last !== undefined) takeFollowing(last, lines, lines.length);
}

function takeFollowing(statement: Lines, lines: readonly string[], end: number): void {
  while (statement.to + 1 < end && isComment(lines[statement.to + 1])) statement.to += 1;
}

const isEmpty = (line: string | undefined): boolean => line?.trim() === '';
const isComment = (line: string | undefined): boolean => line?.trimStart().startsWith('#') === true;
