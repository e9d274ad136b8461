import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fleetOfTest, observedOfTest, originOfTest } from '../../../test/support/fleet-fixtures';
import type { Partner } from '../../server-config/server-config';
import { type ServerId, trusted } from '../../base/names';
import type { ObservedServer } from '../../observed/observed';
import type { Fleet } from '../model/fleet';
import { readTopology, type Topology } from '../model/topology';
import { checkObserved } from './check-observed';
import { checkTopology } from './check-topology';
import { cutServers } from './cut-servers';

/** The work of the rules is counted in what they ask of the topology, not in time. */
const shapes: Readonly<Record<string, (at: number, count: number) => readonly string[]>> = {
  star: (at) => (at === 0 ? [] : [`s0 > s${at}`]),
  chain: (at) => (at === 0 ? [] : [`s${at - 1} > s${at}`]),
  ring: (at, count) => [`s${at} > s${(at + 1) % count}`],
  ladder: (at) => [...(at > 0 ? [`s${at - 1} > s${at}`] : []), ...(at > 1 ? [`s${at - 2} ~> s${at}`] : [])],
  'many primaries': (at, count) => (at < count - 1 ? [`s${at} > s${count - 1}`] : []),
};

function grown(shape: keyof typeof shapes, count: number): Fleet {
  const ids = Array.from({ length: count }, (_, index) => `s${index}`);
  const links = ids.flatMap((_, index) => shapes[shape]?.(index, count) ?? []);
  return fleetOfTest(ids, [...new Set(links)]);
}

/** What the rules ask of a topology: every call, and every item that is handed out. */
function counting(topology: Topology): { readonly topology: Topology; readonly count: () => number } {
  let count = 0;
  const counted = <T>(ask: (id: ServerId) => T) => {
    return (id: ServerId): T => {
      const answer = ask(id);
      count += 1 + (Array.isArray(answer) ? answer.length : 0);
      return answer;
    };
  };
  const { linksIn, linksOf, suppliersOf, consumersOf, primaryOf, sourceOf } = topology;
  return {
    topology: {
      ...topology,
      linksIn: counted(linksIn),
      linksOf: counted(linksOf),
      suppliersOf: counted(suppliersOf),
      consumersOf: counted(consumersOf),
      primaryOf: counted(primaryOf),
      sourceOf: counted(sourceOf),
    },
    count: () => count,
  };
}

/** Deployed or not: half of the servers have no tables yet. */
function observedOf(fleet: Fleet, topology: Topology): readonly ObservedServer[] {
  return fleet.servers.map(({ id }, index) => {
    const bare = observedOfTest({ id, domain: 'a', tables: [] });
    const { config } = bare;
    if (!config?.replication || index % 2 === 1) return bare;
    const partners = topology.suppliersOf(id).map((supplier): Partner => ({
      origin: originOfTest(supplier),
      type: 'mutual-pull',
      certificate: trusted('AAAAAAAAAAAAAAAAAAAAAAAA'),
      automaticRefresh: false,
    }));
    return { ...bare, config: { ...config, replication: { ...config.replication, partners } } };
  });
}

function workOf(shape: keyof typeof shapes, count: number): number {
  const fleet = grown(shape, count);
  const read = readTopology(fleet);
  const { topology, count: work } = counting(read);
  const problems = [
    ...checkTopology(fleet, topology),
    ...checkObserved(fleet, topology, observedOf(fleet, read), Date.parse('2026-11-24T00:00:00Z')),
  ];
  return work() + problems.reduce((sum, problem) => sum + problem.message.length + problem.fix.length, 0);
}

describe('a fleet of a thousand servers', () => {
  it.each(Object.keys(shapes))('is checked with work that grows as it does: %s', (shape) => {
    expect(workOf(shape, 1000)).toBeLessThan(workOf(shape, 100) * 15);
  });
});

describe('servers that hold a fleet together', () => {
  const graphs = fc.record({
    count: fc.integer({ min: 1, max: 9 }),
    links: fc.array(fc.tuple(fc.nat(8), fc.nat(8)), { maxLength: 14 }),
  });

  it('are those without which there are more parts, with what falls apart', () => {
    fc.assert(
      fc.property(graphs, ({ count, links }) => {
        const pairs = new Map(
          links
            .filter(([a, b]) => a !== b && a < count && b < count)
            .map(([a, b]) => [[a, b].sort().join(), `s${Math.min(a, b)} > s${Math.max(a, b)}`]),
        );
        const ids = Array.from({ length: count }, (_, index) => `s${index}`);
        const topology = readTopology(fleetOfTest(ids, [...pairs.values()]));
        const expected = ids.flatMap((id) => {
          const around = piecesAround(ids, [...pairs.values()], id);
          return around.length > 1 ? [[id, around.sort((a, b) => a - b)]] : [];
        });
        const found = cutServers(topology).map(({ id, pieces }) => {
          for (const { first, count: size } of pieces) expect(first).toHaveLength(Math.min(size, 3));
          expect(new Set(pieces.flatMap((piece) => piece.first)).has(id)).toBe(false);
          return [id, pieces.map((piece) => piece.count).sort((a, b) => a - b)];
        });
        expect(found).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });
});

/** Sizes of the parts that a server's neighbours are in once it is gone: the plain way. */
function piecesAround(ids: readonly string[], links: readonly string[], gone: string): number[] {
  const ends = links.map((link) => link.split(' > '));
  const left = new Set(ids.filter((id) => id !== gone));
  const neighbours = (id: string) => ends.flatMap(([a, b]) => (a === id ? [b] : b === id ? [a] : []));
  const sizes: number[] = [];
  for (const start of neighbours(gone)) {
    if (start === undefined || !left.delete(start)) continue;
    const part = [start];
    for (const id of part)
      for (const next of neighbours(id)) if (next !== undefined && left.delete(next)) part.push(next);
    sizes.push(part.length);
  }
  return sizes;
}
