import type { ServerId } from '../../base/names';
import type { Problem } from '../../base/problem';
import type { Topology } from '../model/topology';
import { joinNames } from '../../base/join-names';
import { describeLink, type Fleet } from '../model/fleet';
import { connectedParts } from './shape';
import { ruleProblems, type Words } from './words';

/** Rules about whose data wins: every part needs exactly one primary, and every refresh a source. */
export const words = {
  ring: {
    severity: 'error',
    what: 'links run in a circle.',
    why: 'then no server’s data wins, and everyone could be refreshed from everyone.',
    fix: 'reverse the link that is named.',
    from: 'design',
    source: 'design.md, "The fleet file": a directed ring has no primary',
  },
  'refresh-cycle': {
    severity: 'error',
    what: '`refresh_from` closes a circle.',
    why: 'none of them would get the primary’s data.',
    fix: 'remove the line that is named.',
    from: 'Kanidm: a refresh replaces the whole database',
    source: 'kanidm.md, "Refresh erases", 1',
  },
  'several-primaries': {
    severity: 'error',
    what: 'two linked servers are no link’s consumer.',
    why: 'both would win; nothing is ever merged.',
    fix: 'turn a link round so that one is left.',
    from: 'design',
    source: 'design.md, "The fleet file": the primary is the one server that is no link’s consumer',
  },
} as const satisfies Words;

const ruleProblem = ruleProblems(words);

/** All rules of this file. */
export const checkDrawn = (_: Fleet, topology: Topology): readonly Problem[] => [
  ...rings(topology),
  ...severalPrimaries(topology, connectedParts(topology)),
];

/** Servers that take their data from each other in a circle, and which link to turn round. */
function rings(topology: Topology): readonly Problem[] {
  const seen = new Set<ServerId>();
  return topology.ring.flatMap((start) => {
    const ring = circleFrom(topology, start, seen);
    return ring.length === 0 ? [] : [describeRing(topology, ring)];
  });
}

/** Two servers whose data would both win. */
function severalPrimaries(topology: Topology, parts: readonly (readonly ServerId[])[]): readonly Problem[] {
  const all = new Set(topology.primaries);
  return parts.flatMap((part) => {
    const primaries = part.filter((id) => all.has(id));
    if (primaries.length < 2) return [];
    const [first, ...others] = primaries;
    const out = others.flatMap((id) => topology.linksOf(id).map(describeLink));
    return [
      ruleProblem(
        'several-primaries',
        null,
        `${joinNames(primaries, ' and ')} are linked, and no link says whose data wins between them.`,
        `Reverse ${out.length === 1 ? 'the link' : 'one of the links'} ${joinNames(out)}, so that only ${first ?? ''} is no link’s consumer.`,
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
  const circle = `${joinNames(drawn, ' → ')} → ${start}`;
  const within = new Set(ring);
  const links = ring.map((id) => describeLink({ supplier: topology.sourceOf(id) ?? '', consumer: id }));
  const chosen = ring.filter((id) => (topology.servers.get(id)?.refreshFrom ?? null) !== null);
  const besides = chosen.find((id) => topology.linksIn(id).some((link) => !within.has(link.supplier)));
  if (besides !== undefined)
    return ruleProblem(
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
  return ruleProblem(
    'ring',
    null,
    `The links ${circle} run in a ring: no server’s data wins.`,
    `Reverse ${into.map(describeLink).join(' and ')}, so that ${first ?? ''}’s data wins; or reverse another one.`,
    {},
    { servers: drawn, links },
  );
}
