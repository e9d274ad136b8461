import type { Entry } from './entries';

/**
 * Puts entries in the order of `first`; those that only `second` has come after what they follow there. Top-level keys stay
 * before the first table, where TOML wants them.
 */
export function inOrder(
  entries: readonly Entry[],
  first: readonly Entry[],
  second: readonly Entry[],
): readonly Entry[] {
  const left = new Map(entries.map((entry) => [entry.key, entry]));
  const take = (key: string): Entry[] => {
    const entry = left.get(key);
    left.delete(key);
    return entry === undefined ? [] : [entry];
  };
  const ordered = first.flatMap(({ key }) => take(key));
  let after = 0;
  for (const { key } of second) {
    const place = ordered.findIndex((entry) => entry.key === key);
    if (place !== -1) after = place + 1;
    else after = insert(ordered, after, take(key));
  }
  return spaced(keysFirst(ordered));
}

/** @returns the place after what was put in */
function insert(list: Entry[], at: number, entries: readonly Entry[]): number {
  list.splice(at, 0, ...entries);
  return at + entries.length;
}

function keysFirst(entries: readonly Entry[]): readonly Entry[] {
  const table = entries.findIndex(({ kind }) => kind === 'table');
  if (table === -1) return entries;
  const late = entries.filter((entry, place) => place > table && entry.kind === 'key');
  return [
    ...entries.slice(0, table),
    ...late,
    ...entries.slice(table).filter((entry) => entry.kind !== 'key'),
  ];
}

/** What must not touch does not: a comment stays with what it is about. */
function spaced(entries: readonly Entry[]): readonly Entry[] {
  return entries.map((entry, place) => {
    const before = entries[place - 1];
    if (before === undefined) return entry;
    const apart = entry.kind === 'comment' || before.kind === 'comment';
    // Else the comment at its end would be about what follows.
    const touching = before.text.split('\n').at(-1)?.trimStart().startsWith('#') === true;
    return apart || touching ? { ...entry, gap: Math.max(1, entry.gap) } : entry;
  });
}
