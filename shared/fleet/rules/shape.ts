import type { Fleet, Link } from '../fleet';
import type { ServerId } from '../../names';
import type { Problem } from '../../problem';
import type { Topology } from '../topology';
import { cutServers } from './cut-servers';
import { counted, listed } from './listed';
import { finding } from './rule-table';

/** Rules about the graph without its direction: how many, in one piece, what breaks it. */

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

/** An empty fleet, one without links, and more servers than Kanidm supports. */
export function fleetSize(fleet: Fleet, topology: Topology): readonly Problem[] {
  if (fleet.servers.length === 0)
    return [finding('no-servers', null, 'The fleet has no servers.', 'Add a server.')];
  const found: Problem[] = [];
  if (topology.pulls.length === 0 && fleet.servers.length > 1)
    found.push(
      finding(
        'no-links',
        null,
        'No servers are linked, so nothing replicates.',
        'Draw a link from the server whose data wins.',
      ),
    );
  if (fleet.servers.length > 2)
    found.push(
      finding(
        'more-than-two-servers',
        null,
        `The fleet has ${fleet.servers.length} servers; Kanidm supports replication between two today.`,
        'Keep to two servers where you rely on support, and compare their data often otherwise.',
      ),
    );
  return found;
}

/** Parts that no link joins hold data of their own. */
export function fleetInParts(
  topology: Topology,
  parts: readonly (readonly ServerId[])[],
): readonly Problem[] {
  if (parts.length < 2 || topology.pulls.length === 0) return [];
  const words = listed(
    parts.map((part) => listed(part)),
    ' | ',
  );
  return [
    finding(
      'fleet-in-parts',
      null,
      `The fleet is in ${parts.length} parts that no link joins: ${words}.`,
      'Link them, or keep them in fleet files of their own.',
      {},
      { servers: parts.flatMap((part) => part.slice(0, 1)) },
    ),
  ];
}

/** Servers whose loss would cut others off from each other. */
export function singlePointsOfFailure(topology: Topology): readonly Problem[] {
  return cutServers(topology).map(({ id, pieces }) => {
    const words = pieces.map(({ first, count }) => counted(first, count));
    return finding(
      'single-point-of-failure',
      id,
      `While ${id} is down, ${listed(words, ' and ')} do not replicate with each other.`,
      'Link them with each other as well, or accept it.',
    );
  });
}

/** One-way links: what is changed on the consumer stays there. */
export function oneWayLinks(topology: Topology): readonly Problem[] {
  return linksOnce(topology)
    .filter((link) => !link.mutual)
    .map((link) =>
      finding(
        'one-way-link',
        link.consumer,
        `${link.consumer} pulls from ${link.supplier} and not the other way round: changes made on ${link.consumer} never reach ${link.supplier} by this link.`,
        'Make the link mutual unless that is meant.',
        { server: link.consumer, link: `${link.supplier} → ${link.consumer}` },
      ),
    );
}

/** Every link once. */
export const linksOnce = (topology: Topology): readonly Link[] =>
  [...topology.servers.keys()].flatMap((id) => topology.linksIn(id));

const neighbours = (topology: Topology, id: ServerId): readonly ServerId[] =>
  topology.linksOf(id).map((link) => (link.supplier === id ? link.consumer : link.supplier));
