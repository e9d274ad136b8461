import type { ServerId } from '../../base/names';
import type { Topology } from '../model/topology';

/** Some servers by their first names, and how many they are. */
export interface Piece {
  readonly first: readonly ServerId[];
  readonly count: number;
}

/** A server whose loss cuts its part into pieces. */
export interface CutServer {
  readonly id: ServerId;
  readonly pieces: readonly Piece[];
}

/** How many names of a piece are kept. */
const NAMED = 3;

/**
 * The articulation points of the drawn graph, with what each would cut off from what: one walk in depth, linear in
 * servers and links. In the order of `servers`.
 */
export function cutServers(topology: Topology): readonly CutServer[] {
  const walk = new Walk(topology);
  const found = new Map<ServerId, CutServer>();
  for (const start of topology.servers.keys())
    if (!walk.seen(start)) for (const cut of walk.from(start)) found.set(cut.id, cut);
  return [...topology.servers.keys()].flatMap((id) => found.get(id) ?? []);
}

/** Tarjan's: `low` is the earliest server that a subtree reaches without its parent; kept on a stack of our own. */
class Walk {
  /** Servers in the order they were first seen: a subtree is a stretch of it. */
  private readonly order: ServerId[] = [];
  private readonly place = new Map<ServerId, number>();
  private readonly low = new Map<ServerId, number>();

  constructor(private readonly topology: Topology) {}

  seen(id: ServerId): boolean {
    return this.place.has(id);
  }

  from(root: ServerId): readonly CutServer[] {
    const begin = this.order.length;
    const cutOff = new Map<ServerId, [from: number, to: number][]>();
    const stack = [this.enter(root, null)];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = top.neighbours[top.next];
      top.next += 1;
      if (next === undefined) {
        stack.pop();
        const { id, parent } = top;
        const low = this.low.get(id) ?? 0;
        if (parent === null) continue;
        this.lower(parent, low);
        if (low < (this.place.get(parent) ?? 0)) continue;
        const stretch: [number, number] = [this.place.get(id) ?? 0, this.order.length];
        const before = cutOff.get(parent);
        if (before) before.push(stretch);
        else cutOff.set(parent, [stretch]);
      } else if (!this.seen(next)) stack.push(this.enter(next, top.id));
      else if (next !== top.parent) this.lower(top.id, this.place.get(next) ?? 0);
    }
    return [...cutOff].flatMap(([id, stretches]) => this.cutBy(id, stretches, begin));
  }

  private enter(id: ServerId, parent: ServerId | null) {
    this.place.set(id, this.order.length);
    this.low.set(id, this.order.length);
    this.order.push(id);
    const neighbours = this.topology
      .linksOf(id)
      .map((link) => (link.supplier === id ? link.consumer : link.supplier));
    return { id, parent, neighbours, next: 0 };
  }

  private lower(id: ServerId, to: number): void {
    this.low.set(id, Math.min(this.low.get(id) ?? to, to));
  }

  private cutBy(
    id: ServerId,
    stretches: readonly (readonly [number, number])[],
    begin: number,
  ): readonly CutServer[] {
    const own = this.place.get(id) ?? begin;
    const cut = stretches.map(([from, to]): Piece => ({
      first: this.order.slice(from, Math.min(to, from + NAMED)),
      count: to - from,
    }));
    const inside = cut.reduce((sum, piece) => sum + piece.count, 0);
    const left = this.order.length - begin - inside - 1;
    const pieces =
      left > 0 ? [{ first: this.outside([...stretches, [own, own + 1]], begin), count: left }, ...cut] : cut;
    return pieces.length < 2 ? [] : [{ id, pieces }];
  }

  /** The first servers that lie in none of the stretches. */
  private outside(stretches: readonly (readonly [number, number])[], begin: number): readonly ServerId[] {
    const found: ServerId[] = [];
    let at = begin;
    for (const [from, to] of [...stretches].sort((a, b) => a[0] - b[0])) {
      for (; at < from && found.length < NAMED; at += 1) found.push(...this.order.slice(at, at + 1));
      at = Math.max(at, to);
    }
    return [...found, ...this.order.slice(at, at + NAMED - found.length)];
  }
}
