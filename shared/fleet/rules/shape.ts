import { describeLink, type Fleet, type Link } from '../model/fleet';
import type { ServerId } from '../../base/names';
import type { Problem } from '../../base/problem';
import type { Topology } from '../model/topology';
import { cutServers } from './cut-servers';
import { counted, joinNames } from '../../base/join-names';
import type { FleetView } from './view';
import { ruleProblems, type Words } from './words';
import { partnersOf } from '../../server-config/server-config';

/** Rules about the graph without its direction: how many, in one piece, what breaks it. */
export const words = {
  'no-servers': {
    severity: 'info',
    what: 'the fleet is empty.',
    fix: 'add a server, or adopt running ones.',
    from: 'design',
    source: 'design.md, "The fleet file"',
  },
  'no-links': {
    severity: 'info',
    what: 'several servers, no link drawn and none on any server: nothing replicates.',
    fix: 'draw a link from the server whose data wins.',
    from: 'design',
    source: 'design.md, "The fleet file"',
  },
  'fleet-in-parts': {
    severity: 'warning',
    what: 'groups of servers that no link joins.',
    why: 'each holds data of its own.',
    fix: 'link them, or keep them in fleet files of their own.',
    from: 'Kanidm: every node in one connected graph',
    source: 'kanidm.md, "Rules to check": every node in one connected graph',
  },
  'more-than-two-servers': {
    severity: 'warning',
    what: 'the fleet has three servers or more.',
    why: 'two is the most Kanidm supports today (its issue 4530).',
    fix: 'keep to two where you rely on support; compare their data often otherwise.',
    from: 'reported',
    source: 'kanidm.md, "Rules to check" (Kanidm issue 4530)',
  },
  'single-point-of-failure': {
    severity: 'info',
    what: 'without this server, those named do not replicate with each other.',
    fix: 'link them as well, or accept it.',
    from: 'Kanilink’s check of the graph (articulation points)',
    source: 'kanidm.md, "Rules to check"',
  },
  'one-way-link': {
    severity: 'info',
    what: 'the consumer pulls, the supplier does not.',
    why: 'changes made on the consumer never arrive by this link; that can be meant.',
    fix: 'make it mutual otherwise.',
    from: 'design',
    source: 'kanidm.md, "Rules to check"',
  },
} as const satisfies Words;

const ruleProblem = ruleProblems(words);

/** The rule about links that needs the servers too. */
export const check = (view: FleetView): readonly Problem[] => noLinks(view);

/** All rules about the drawing alone. */
export const checkDrawn = (fleet: Fleet, topology: Topology): readonly Problem[] => [
  ...fleetSize(fleet),
  ...fleetInParts(topology, connectedParts(topology)),
  ...singlePointsOfFailure(topology),
  ...oneWayLinks(topology),
];

/** Servers that links join, direction aside; each part in the fleet's order. Servers without links are parts of one. */
export function connectedParts(topology: Topology): readonly (readonly ServerId[])[] {
  const left = new Set(topology.servers.keys());
  const parts: ServerId[][] = [];
  for (const start of left) {
    const part: ServerId[] = [start];
    left.delete(start);
    // Grows while it is read: everyone found is looked at in turn.
    for (const id of part)
      for (const next of neighbours(topology, id)) if (left.delete(next)) part.push(next);
    parts.push(part);
  }
  return parts;
}

/** An empty fleet, and more servers than Kanidm supports. */
function fleetSize(fleet: Fleet): readonly Problem[] {
  if (fleet.servers.length === 0)
    return [ruleProblem('no-servers', null, 'The fleet has no servers.', 'Add a server.')];
  if (fleet.servers.length < 3) return [];
  return [
    ruleProblem(
      'more-than-two-servers',
      null,
      `The fleet has ${fleet.servers.length} servers; Kanidm supports replication between two today.`,
      'Keep to two servers where you rely on support, and compare their data often otherwise.',
    ),
  ];
}

/** That nothing replicates is known once every server was read: a link that is not drawn may run. */
function noLinks({ fleet, topology, servers }: FleetView): readonly Problem[] {
  if (topology.pulls.length > 0 || fleet.servers.length < 2 || servers.length < fleet.servers.length)
    return [];
  const idle = servers.every(
    ({ observed }) => observed.config !== null && partnersOf(observed.config).length === 0,
  );
  if (!idle) return [];
  return [
    ruleProblem(
      'no-links',
      null,
      'No servers are linked, so nothing replicates.',
      'Draw a link from the server whose data wins.',
    ),
  ];
}

/** Parts that no link joins hold data of their own. */
function fleetInParts(topology: Topology, parts: readonly (readonly ServerId[])[]): readonly Problem[] {
  if (parts.length < 2 || topology.pulls.length === 0) return [];
  const words = joinNames(
    parts.map((part) => joinNames(part)),
    ' | ',
  );
  return [
    ruleProblem(
      'fleet-in-parts',
      null,
      `The fleet is drawn in ${parts.length} parts that no link joins: ${words}.`,
      'Link them, or keep them in fleet files of their own.',
      {},
      { servers: parts.flatMap((part) => part.slice(0, 1)) },
    ),
  ];
}

/** Servers whose loss would cut others off from each other. */
function singlePointsOfFailure(topology: Topology): readonly Problem[] {
  return cutServers(topology).map(({ id, pieces }) => {
    const words = pieces.map(({ first, count }) => counted(first, count));
    return ruleProblem(
      'single-point-of-failure',
      id,
      `While ${id} is down, ${joinNames(words, ' and ')} do not replicate with each other.`,
      'Link them with each other as well, or accept it.',
    );
  });
}

/** One-way links: what is changed on the consumer stays there. */
function oneWayLinks(topology: Topology): readonly Problem[] {
  return linksOnce(topology)
    .filter((link) => !link.mutual)
    .map((link) =>
      ruleProblem(
        'one-way-link',
        link.consumer,
        `${link.consumer} pulls from ${link.supplier} and not the other way round: changes made on ${link.consumer} never reach ${link.supplier} by this link.`,
        'Make the link mutual unless that is meant.',
        { server: link.consumer, link: describeLink(link) },
      ),
    );
}

/** Every link once. */
export const linksOnce = (topology: Topology): readonly Link[] =>
  [...topology.servers.keys()].flatMap((id) => topology.linksIn(id));

const neighbours = (topology: Topology, id: ServerId): readonly ServerId[] =>
  topology.linksOf(id).map((link) => (link.supplier === id ? link.consumer : link.supplier));
