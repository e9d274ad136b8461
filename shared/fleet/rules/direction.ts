import type { ServerId } from '../../names';
import type { Problem } from '../../problem';
import type { Topology } from '../topology';
import { listed } from './listed';
import { finding } from './rule-table';

/** Rules about whose data wins: every part needs exactly one primary, and every refresh a source. */

/** Servers that take their data from each other in a circle, and which link to turn round. */
export function rings(topology: Topology): readonly Problem[] {
  const seen = new Set<ServerId>();
  return topology.ring.flatMap((start) => {
    const ring = circleFrom(topology, start, seen);
    return ring.length === 0 ? [] : [describeRing(topology, ring)];
  });
}

/** Two servers whose data would both win. */
export function severalPrimaries(
  topology: Topology,
  parts: readonly (readonly ServerId[])[],
): readonly Problem[] {
  const all = new Set(topology.primaries);
  return parts.flatMap((part) => {
    const primaries = part.filter((id) => all.has(id));
    if (primaries.length < 2) return [];
    const [first, ...others] = primaries;
    const out = others.flatMap((id) =>
      topology.linksOf(id).map((link) => `${link.supplier} → ${link.consumer}`),
    );
    return [
      finding(
        'several-primaries',
        null,
        `${listed(primaries, ' and ')} are linked, and no link says whose data wins between them.`,
        `Turn round ${out.length === 1 ? 'the link' : 'one of the links'} ${listed(out)}, so that only ${first ?? ''} is nobody's consumer.`,
        {},
        { servers: primaries, links: out },
      ),
    ];
  });
}

/** Follows sources until one comes again; the circle without what leads into it. Where others have been is not gone again. */
function circleFrom(topology: Topology, start: ServerId, seen: Set<ServerId>): readonly ServerId[] {
  const path = new Map<ServerId, number>();
  for (let id: ServerId | null = start; id !== null; id = topology.sourceOf(id)) {
    const before = path.get(id);
    if (before !== undefined) return [...path.keys()].slice(before);
    if (seen.has(id)) return [];
    seen.add(id);
    path.set(id, path.size);
  }
  return [];
}

function describeRing(topology: Topology, ring: readonly ServerId[]): Problem {
  // The path follows sources, links run the other way.
  const drawn = [...ring].reverse();
  const [start = ''] = drawn;
  const circle = `${listed(drawn, ' → ')} → ${start}`;
  const within = new Set(ring);
  const links = ring.map((id) => `${topology.sourceOf(id) ?? ''} → ${id}`);
  const chosen = ring.filter((id) => (topology.servers.get(id)?.refreshFrom ?? null) !== null);
  const besides = chosen.find((id) => topology.linksIn(id).some((link) => !within.has(link.supplier)));
  if (besides !== undefined)
    return finding(
      'refresh-cycle',
      null,
      `${circle} take their data from each other in a circle.`,
      `Remove refresh_from of ${besides}, or set it to a supplier outside the circle.`,
      {},
      { servers: drawn, links },
    );
  const first =
    [...topology.servers.keys()].find((id) => within.has(id) && topology.linksIn(id).length === 1) ?? ring[0];
  const into = first === undefined ? [] : topology.linksIn(first);
  return finding(
    'ring',
    null,
    `The links ${circle} run in a ring: no server's data wins.`,
    `Turn round ${into.map((link) => `${link.supplier} → ${link.consumer}`).join(' and ')}, so that ${first ?? ''}'s data wins; or turn another one.`,
    {},
    { servers: drawn, links },
  );
}
