import type { Problem } from '../../base/problem';
import { ok, type Result } from '../../base/result';
import { parseDocument, type TomlDocument } from '../read/document';
import { type KeyPath } from '../../toml/toml-file';
import { withoutMark } from '../read/read-fleet';
import type { FleetFileCode } from '../rules/fleet-file';
import { editFleet, tableValues } from './fleet-edit';
import { editKey, removeTable } from './text-edit';

/** A way to fix a fault of a fleet file with one click. */
export interface Mend {
  /** `Remove the link`. */
  readonly label: string;
  /** The text without that fault; the promises are those of `edit-fleet.ts`. */
  apply(text: string): Result<string>;
}

/** More servers than these are not offered one by one. */
const MOST_OFFERED = 6;

/**
 * What fixes a fault without a word to be typed: a link to nobody is removed or led elsewhere, a line that means nothing is
 * removed. None where a person has to say something, or where the text is no TOML.
 */
export function mendsOf(text: string, problem: Problem): readonly Mend[] {
  const path = pathOf(problem.where.field ?? '');
  const document = parseDocument(withoutMark(text));
  if (path === null || !document.ok) return [];
  const [table, index] = path;
  if (typeof table !== 'string') return [];
  const removeIt = typeof index === 'number' ? [remove(`Remove the ${nameOf(table)}`, [table, index])] : [];
  const removeLine = path.length > 1 || table === 'domain_uuid' ? [removeKey(path)] : [];
  switch (problem.code as FleetFileCode) {
    case 'fleet-link-unknown-server':
      return [...others(document.value, path), ...removeIt];
    case 'fleet-link-to-itself':
    case 'fleet-duplicate-link':
    case 'fleet-removed-still-there':
      return removeIt;
    case 'fleet-unknown-key':
    case 'fleet-refresh-from-no-supplier':
    case 'fleet-automatic-refresh-several-suppliers':
      return document.value.find(path)?.pair ? [removeKey(path)] : [];
    case 'fleet-missing-field':
      return table === 'server' ? [] : removeIt;
    case 'fleet-bad-field':
      return table === 'server' ? [] : table === 'domain_uuid' ? removeLine : removeIt;
    default:
      return [];
  }
}

/**
 * The server a fault is about, by the id it is written with: its form fixes it. Null: it is about none, or its id is the
 * fault.
 */
export function serverOfFault(text: string, { where, code }: Problem): string | null {
  const path = pathOf(where.field ?? '');
  const document = parseDocument(withoutMark(text));
  if (path?.[0] !== 'server' || typeof path[1] !== 'number' || !document.ok) return null;
  if (code === ('fleet-duplicate-id' satisfies FleetFileCode)) return null;
  const id = tableValues(document.value, 'server')[path[1]]?.['id'];
  const twice = tableValues(document.value, 'server').filter((server) => server['id'] === id).length > 1;
  return typeof id === 'string' && !twice ? id : null;
}

/** `server[2].origin` as a path; null: it is not a path. */
function pathOf(field: string): KeyPath | null {
  if (!/^[\w-]+(\[\d+\])?(\.[\w-]+)*$/.test(field)) return null;
  return [...field.matchAll(/[\w-]+/g)].map(([part], place) =>
    place === 1 && /^[\w-]+\[/.test(field) ? Number(part) : part,
  );
}

const nameOf = (table: string): string => (table === 'removed' ? 'entry' : table);

const remove = (label: string, path: KeyPath): Mend => ({
  label,
  apply: (text) =>
    editFleet(text, [(document) => ok(document.file.findTable(path) ? removeTable(document, path) : [])]),
});

const removeKey = (path: KeyPath): Mend => ({
  label: `Remove ${String(path.at(-1))}`,
  apply: (text) => editFleet(text, [(document) => ok(editKey(document, path, null))]),
});

/** The other servers a link could lead to. */
function others(document: TomlDocument, path: KeyPath): readonly Mend[] {
  const [, index, side] = path;
  const link = typeof index === 'number' ? tableValues(document, 'link')[index] : undefined;
  const end = link?.[side === 'supplier' ? 'consumer' : 'supplier'];
  const taken = tableValues(document, 'link').flatMap((other) =>
    other['supplier'] === end ? [other['consumer']] : other['consumer'] === end ? [other['supplier']] : [],
  );
  const ids = tableValues(document, 'server').map((server) => server['id']);
  const free = ids.filter((id): id is string => typeof id === 'string' && id !== end && !taken.includes(id));
  if (free.length > MOST_OFFERED) return [];
  return free.map((id) => ({
    label: `Use ${id}`,
    apply: (text) => editFleet(text, [(current) => ok(editKey(current, path, id))]),
  }));
}
