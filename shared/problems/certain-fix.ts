import { removeTable, editKey, literal } from '../fleet/edit/text-edit';
import { applyEdits, type TextEdit } from '../toml/text-edit';
import { describePath, parseDocument, type TomlDocument } from '../fleet/read/document';
import { type KeyPath } from '../toml/toml-file';
import { readFleet, withoutMark } from '../fleet/read/read-fleet';
import { unknownKeys } from '../fleet/read/unknown-keys';
import { wordsOfRule } from '../fleet/rules/registry';
import type { CertainFix } from '../fleet/rules/words';
import type { Problem } from '../base/problem';

/** An edit of the fleet file that cures a problem. */
export interface Fix {
  /** What it does, for the button's title and for undo: `Remove the link`. */
  readonly label: string;
  readonly text: string;
}

/**
 * The one edit of the fleet file that is right, where there is exactly one (`RuleWords.certainFix`). It is tried: a fix that
 * does not cure, or brings a problem that was not there, is not offered.
 * @param text the fleet file as the problem was found in it.
 * @returns null where a person has to choose.
 */
export function fixOf(text: string, problem: Problem): Fix | null {
  const kind = wordsOfRule(problem.code)?.certainFix;
  if (kind === undefined) return null;
  const bare = withoutMark(text);
  const document = parseDocument(bare);
  if (!document.ok) return null;
  const made = edits[kind](document.value, problem);
  if (made === null || made.edits.length === 0) return null;
  const fixed = text.slice(0, text.length - bare.length) + applyEdits(bare, made.edits);
  return cures(text, fixed, problem) ? { label: made.label, text: fixed } : null;
}

interface Made {
  readonly label: string;
  readonly edits: readonly TextEdit[];
}

/** What each kind of fix edits. One that is missing does not compile. */
const edits: Readonly<Record<CertainFix, (document: TomlDocument, problem: Problem) => Made | null>> = {
  'remove-link': (document, problem) => tableOf(document, problem, 'link', 'Remove the link'),
  'remove-second-link': (document, problem) =>
    sameDirection(document, problem) ? tableOf(document, problem, 'link', 'Remove the second link') : null,
  'remove-from-removed': (document, problem) =>
    tableOf(document, problem, 'removed', 'Take it off the list of removed servers'),
  'remove-line': (document, problem) => {
    const path = pathOf(problem);
    return path && { label: `Remove ${String(path.at(-1))}`, edits: editKey(document, path, null) };
  },
  'remove-source': (document, problem) => {
    const path = pathOf(problem);
    // With two suppliers and more it is a choice.
    if (path === null || suppliersOf(document, path) > 1) return null;
    return { label: 'Remove refresh_from', edits: editKey(document, path, null) };
  },
  'correct-key': correctKey,
  'write-version': (document, { where }) =>
    where.field === 'version' &&
    [undefined, '1'].includes(at(document.value, 'version') as string | undefined)
      ? { label: 'Write version = 1', edits: writeVersion(document) }
      : null,
};

function tableOf(document: TomlDocument, problem: Problem, name: string, label: string): Made | null {
  const path = pathOf(problem);
  if (path === null || path[0] !== name) return null;
  return { label, edits: removeTable(document, path.slice(0, 2)) };
}

/** A typo is put right where the key it stands for is not there yet; what is near to nothing is removed. */
function correctKey(document: TomlDocument, problem: Problem): Made | null {
  const found = unknownKeys(document).find(({ path }) => describePath(path) === problem.where.field);
  if (found === undefined || found.elsewhere) return null;
  const key = String(found.path.at(-1));
  const pair = document.find(found.path)?.pair ?? null;
  const { near } = found;
  if (near === null) return { label: `Remove ${key}`, edits: editKey(document, found.path, null) };
  const name = pair?.key.keys.at(-1);
  if (name === undefined || document.find([...found.path.slice(0, -1), near]) !== null) return null;
  return {
    label: `Write ${near} instead of ${key}`,
    edits: [{ start: name.range[0], end: name.range[1], text: near }],
  };
}

/** At the top: a key after the first table would be that table's. */
function writeVersion(document: TomlDocument): readonly TextEdit[] {
  if (document.find(['version']) !== null) return editKey(document, ['version'], 1);
  const first = document.topLevel[0]?.range[0] ?? document.tables[0]?.range[0] ?? document.text.length;
  const eol = document.text.includes('\r\n') ? '\r\n' : '\n';
  const unfinished = first > 0 && document.text[first - 1] !== '\n' ? eol : '';
  return [{ start: first, end: first, text: `${unfinished}version = ${literal(1)}${eol}` }];
}

/** Two links of one direction say the same of whose data wins; of two that differ, a person chooses. */
function sameDirection(document: TomlDocument, problem: Problem): boolean {
  const position = pathOf(problem)?.[1];
  const links = listOf(document.value, 'link');
  const second = typeof position === 'number' ? links[position] : undefined;
  if (second === undefined) return false;
  const [supplier, consumer] = [at(second, 'supplier'), at(second, 'consumer')];
  const pair = links.filter(
    (it) =>
      (at(it, 'supplier') === supplier && at(it, 'consumer') === consumer) ||
      (at(it, 'supplier') === consumer && at(it, 'consumer') === supplier),
  );
  const [first] = pair;
  return first !== undefined && first !== second && at(first, 'supplier') === supplier;
}

function suppliersOf(document: TomlDocument, path: KeyPath): number {
  const server = typeof path[1] === 'number' ? listOf(document.value, 'server')[path[1]] : undefined;
  const id = at(server, 'id');
  return listOf(document.value, 'link').filter((link) => at(link, 'consumer') === id).length;
}

/** `link[1].consumer` as a path; null: it is no path of a table, or has a key that needs quotes. */
function pathOf({ where }: Problem): KeyPath | null {
  const match = /^(server|link|removed)\[(\d+)\](?:\.([\w-]+))?$/.exec(where.field ?? '');
  if (match === null) return null;
  const [, table = '', position = '', key] = match;
  return [table, Number(position), ...(key === undefined ? [] : [key])];
}

/** The problem is gone and none came: none of a kind that there was less of, but for kinds that could not be looked for before. */
function cures(before: string, after: string, problem: Problem): boolean {
  const [old, now] = [before, after].map((text) => readFleet(text, null).problems);
  if (old === undefined || now === undefined) return false;
  const count = (problems: readonly Problem[], code: string): number =>
    problems.filter((it) => it.code === code).length;
  if (count(now, problem.code) >= count(old, problem.code)) return false;
  const hidden = old.some(({ code }) => hides.has(code));
  return now.every(({ code }) => count(now, code) <= count(old, code) || (hidden && !hides.has(code)));
}

/** While a field is missing or malformed, what stands between fields is not looked at. */
const hides: ReadonlySet<string> = new Set(['fleet-missing-field', 'fleet-bad-field']);

const at = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;

function listOf(value: unknown, key: string): readonly unknown[] {
  const list = at(value, key);
  return Array.isArray(list) ? list : [];
}
