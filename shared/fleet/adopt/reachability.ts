import type { AdoptedPair } from './adopted-fleet';

/** A way data can take between two servers. Decided: the servers' files say this direction. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly decided: boolean;
}

/** Linked servers, each connected part with its pairs; servers without a pair are left out. In the order of `ids`. */
export function groupsOf<T extends { readonly pair: AdoptedPair }>(
  ids: readonly string[],
  shapes: readonly T[],
): readonly { readonly servers: readonly string[]; readonly shapes: readonly T[] }[] {
  const of = new Map<string, T[]>();
  for (const shape of shapes) for (const id of shape.pair.servers) add(of, id, shape);
  const part = new Map<string, number>();
  let count = 0;
  for (const start of ids) {
    if (part.has(start) || !of.has(start)) continue;
    walk([start], (id) => {
      if (part.has(id)) return [];
      part.set(id, count);
      return (of.get(id) ?? []).flatMap(({ pair }) => pair.servers);
    });
    count += 1;
  }
  const servers = new Map<number, string[]>();
  const inPart = new Map<number, T[]>();
  for (const id of ids) {
    const number = part.get(id);
    if (number !== undefined) add(servers, number, id);
  }
  for (const shape of shapes) {
    const number = part.get(shape.pair.servers[0]);
    if (number !== undefined) add(inPart, number, shape);
  }
  return [...servers].map(([number, ids]) => ({ servers: ids, shapes: inPart.get(number) ?? [] }));
}

/**
 * The servers of one part from which all others can get their data, and which get none by a decided arrow: who could be
 * its primary. Linear: the last server a search has to start from reaches all if anyone does, and then exactly those
 * who reach it do too.
 */
export function possiblePrimaries(ids: readonly string[], arrows: readonly Arrow[]): readonly string[] {
  const out = groupBy(arrows, (arrow) => arrow.from);
  const seen = new Set<string>();
  let last: string | null = null;
  for (const id of ids) {
    if (seen.has(id)) continue;
    last = id;
    walk([id], (at) => {
      if (seen.has(at)) return [];
      seen.add(at);
      return (out.get(at) ?? []).map((arrow) => arrow.to);
    });
  }
  if (last === null || spread([last], arrows).size < ids.length) return [];
  const back = spread(
    [last],
    arrows.map(({ from, to, decided }) => ({ from: to, to: from, decided })),
  );
  const fed = new Set(arrows.filter((arrow) => arrow.decided).map((arrow) => arrow.to));
  return ids.filter((id) => back.has(id) && !fed.has(id));
}

/** How many arrows from the nearest of `from` each server is that they reach. */
export function spread(from: readonly string[], arrows: readonly Arrow[]): ReadonlyMap<string, number> {
  const out = groupBy(arrows, (arrow) => arrow.from);
  const depth = new Map(from.map((id) => [id, 0]));
  walk(from, (id) => {
    const next = (out.get(id) ?? []).map((arrow) => arrow.to).filter((to) => !depth.has(to));
    for (const to of next) depth.set(to, (depth.get(id) ?? 0) + 1);
    return next;
  });
  return depth;
}

/** Breadth first; `visit` names where to go on. */
function walk(from: readonly string[], visit: (id: string) => readonly string[]): void {
  const queue = [...from];
  for (let at = 0; at < queue.length; at += 1) {
    const id = queue[at];
    if (id !== undefined) for (const next of visit(id)) queue.push(next);
  }
}

function add<K, T>(groups: Map<K, T[]>, key: K, item: T): void {
  const group = groups.get(key);
  if (group) group.push(item);
  else groups.set(key, [item]);
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) add(groups, key(item), item);
  return groups;
}
