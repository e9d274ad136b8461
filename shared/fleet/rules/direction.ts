import type { ServerId } from '../../names';
import type { Problem } from '../../problem';
import type { Topology } from '../topology';
import { finding } from './rule-table';

/** Rules about whose data wins: every part needs exactly one primary, and every refresh a source. */

/** Servers that take their data from each other in a circle, and which link to turn round. */
export function rings(topology: Topology): readonly Problem[] {
  const found = new Map<string, Problem>();
  for (const start of topology.ring) {
    const ring = circleFrom(topology, start);
    const name = [...ring].sort().join(' ');
    if (ring.length > 0 && !found.has(name)) found.set(name, describeRing(topology, ring));
  }
  return [...found.values()];
}

/** Two servers whose data would both win. */
export function severalPrimaries(
  topology: Topology,
  parts: readonly (readonly ServerId[])[],
): readonly Problem[] {
  return parts.flatMap((part) => {
    const primaries = part.filter((id) => topology.primaries.includes(id));
    if (primaries.length < 2) return [];
    const [first, ...others] = primaries;
    const out = others.flatMap((id) =>
      topology.linksOf(id).map((link) => `${link.supplier} → ${link.consumer}`),
    );
    return [
      finding(
        'several-primaries',
        null,
        `${primaries.join(' and ')} are linked, and no link says whose data wins between them.`,
        `Turn round ${out.length === 1 ? 'the link' : 'one of the links'} ${out.join(', ')}, so that only ${first ?? ''} is nobody's consumer.`,
      ),
    ];
  });
}

/** Follows sources until one comes again; the circle without what leads into it. */
function circleFrom(topology: Topology, start: ServerId): readonly ServerId[] {
  const path: ServerId[] = [];
  for (let id: ServerId | null = start; id !== null; id = topology.sourceOf(id)) {
    const before = path.indexOf(id);
    if (before !== -1) return path.slice(before);
    path.push(id);
  }
  return [];
}

function describeRing(topology: Topology, ring: readonly ServerId[]): Problem {
  // The path follows sources, links run the other way.
  const drawn = [...ring].reverse();
  const circle = [...drawn, drawn[0]].join(' → ');
  const chosen = ring.filter((id) => (topology.servers.get(id)?.refreshFrom ?? null) !== null);
  const besides = chosen.find((id) => topology.linksIn(id).some((link) => !ring.includes(link.supplier)));
  if (besides !== undefined)
    return finding(
      'refresh-cycle',
      null,
      `${circle} take their data from each other in a circle.`,
      `Remove refresh_from of ${besides}, or set it to a supplier outside the circle.`,
    );
  const first =
    [...topology.servers.keys()].find((id) => ring.includes(id) && topology.linksIn(id).length === 1) ??
    ring[0];
  const into = first === undefined ? [] : topology.linksIn(first);
  return finding(
    'ring',
    null,
    `The links ${circle} run in a ring: no server's data wins.`,
    `Turn round ${into.map((link) => `${link.supplier} → ${link.consumer}`).join(' and ')}, so that ${first ?? ''}'s data wins; or turn another one.`,
  );
}
