import { isKindName, keysOf, kindNames } from '../../connect/kinds';
import type { TomlDocument } from './document';
import { knownKeys } from './schema';
import type { KeyPath } from '../../toml/toml-file';

/** A key that means nothing where it stands. A typo that is silently ignored would be worse than a refusal. */
export interface UnknownKey {
  readonly path: KeyPath;
  readonly message: string;
  readonly fix: string;
  /** The known key that was meant; null: it is near to none. */
  readonly near: string | null;
  /** It belongs to servers of another kind. */
  readonly elsewhere?: true;
}

/** Every unknown key of a fleet file, with what was probably meant. */
export function unknownKeys(document: TomlDocument): readonly UnknownKey[] {
  const top = asTable(document.value);
  return [
    ...strangers([], top, knownKeys.top, 'the fleet file'),
    ...tablesOf(top, 'server').flatMap(([path, server]) => ofServer(path, server)),
    ...tablesOf(top, 'link').flatMap(([path, table]) => strangers(path, table, knownKeys.link, '[[link]]')),
    ...tablesOf(top, 'removed').flatMap(([path, table]) =>
      strangers(path, table, knownKeys.removed, '[[removed]]'),
    ),
  ];
}

type Table = Readonly<Record<string, unknown>>;

function ofServer(path: KeyPath, server: Table): UnknownKey[] {
  const connect = server['connect'];
  if (!isKindName(connect)) return [];
  const position = asTable(server['position']);
  return [
    ...strangers(path, server, knownKeys[connect], `a server with connect = "${connect}"`).map((unknown) => {
      const key = String(unknown.path.at(-1));
      const other = kindNames.find((kind) => keysOf(kind).includes(key));
      if (other === undefined) return unknown;
      return {
        ...unknown,
        message: `${key} belongs to servers with connect = "${other}", this one has "${connect}"`,
        fix: `Remove ${key}, or change connect.`,
        elsewhere: true as const,
      };
    }),
    ...strangers([...path, 'position'], position, knownKeys.position, 'position'),
  ];
}

function strangers(path: KeyPath, table: Table, known: readonly string[], place: string): UnknownKey[] {
  return Object.keys(table)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const near = nearest(key, known);
      return {
        path: [...path, key],
        message: `${place} knows no key ${key}`,
        near,
        fix: near === null ? `Remove it; known are ${known.join(', ')}.` : `Did you mean ${near}?`,
      };
    });
}

function tablesOf(top: Table, name: string): [KeyPath, Table][] {
  const list: unknown = top[name];
  return Array.isArray(list) ? list.map((item, position) => [[name, position], asTable(item)]) : [];
}

const asTable = (value: unknown): Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};

/** The known key that is at most a third of its length away; null when none is near. */
function nearest(key: string, known: readonly string[]): string | null {
  const plain = key.toLowerCase().replaceAll('-', '_');
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const away = distance(plain, candidate);
    if (away < least && away <= Math.max(1, Math.ceil(candidate.length / 3)))
      [best, least] = [candidate, away];
  }
  return best;
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1)
      next.push(
        Math.min(
          (row[j] ?? 0) + 1,
          (next[j - 1] ?? 0) + 1,
          (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}
