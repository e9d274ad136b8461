import { type Origin, type ServerId, serverId } from '../../base/names';
import { parseOrigin } from '../../base/origin';
import type { Fleet, FleetServer } from '../model/fleet';
import { desiredTables } from '../model/desired';
import { readTopology, type Topology } from '../model/topology';
import {
  type Change,
  type Difference,
  type LayerServer,
  type Layers,
  type Reading,
  SAME,
  type Stranger,
} from './difference';
import { linksOf } from './link-difference';
import { type Outside, outsideOf } from './outside';

const REMOVED: Difference = { kind: 'removed', changes: [], notRead: [] };
const KEPT: Difference = { ...REMOVED, kind: 'kept' };
const NOTHING: Reading = { last: null, notKnown: 'It was not read yet.' };

/**
 * The drawing beside what was read of the servers. Pure: what may be believed is said by the readings.
 *
 * @param readings of each server by its id; one that is missing was not read yet
 * @param left the servers that were taken out of the drawing: while a drawn one has a table for such a server, it is shown
 */
export function readLayers(
  fleet: Fleet,
  readings: ReadonlyMap<string, Reading>,
  topology: Topology = readTopology(fleet),
  left: readonly FleetServer[] = [],
): Layers {
  const known = new Map(fleet.servers.map(({ id }) => [id, readings.get(id) ?? NOTHING] as const));
  const origins = originsIn(fleet, known);
  const wanted = new Map(fleet.servers.map(({ id }) => [id, desiredTables(id, topology, origins)]));
  const outside = outsideOf(fleet, known, left, readings);
  return {
    servers: [
      ...fleet.servers.map((server) => {
        const reading = known.get(server.id) ?? NOTHING;
        const linked = (wanted.get(server.id) ?? []).length > 0;
        return {
          ...{ id: server.id, drawn: server, was: null, reading },
          difference: serverDifference(server, reading, linked),
          strangers: strangersOf(fleet, server.id, reading, outside),
        } satisfies LayerServer;
      }),
      ...outside.map(({ id, was, reading, links }) => ({
        ...{ id, drawn: null, was, reading, strangers: [] },
        difference: links.every(({ difference }) => difference.kind === 'removed') ? REMOVED : KEPT,
      })),
    ],
    links: [...linksOf(fleet, known, wanted), ...outside.flatMap(({ links }) => links)],
    notRead: fleet.servers.flatMap(({ id }) => ((known.get(id) ?? NOTHING).notKnown === null ? [] : [id])),
  };
}

/** What each server is dialled by: as drawn, else as it says itself. */
function originsIn(fleet: Fleet, readings: ReadonlyMap<ServerId, Reading>): ReadonlyMap<ServerId, Origin> {
  return new Map(
    fleet.servers.flatMap(({ id, origin }) => {
      const own = parseOrigin(readings.get(id)?.last?.runsWith?.origin ?? '')?.origin;
      const dialled = origin ?? own;
      return dialled === undefined ? [] : [[id, dialled] as const];
    }),
  );
}

/** @param linked it has links: a deploy sets up the replication of no other. */
function serverDifference(server: FleetServer, { last, notKnown }: Reading, linked: boolean): Difference {
  if (notKnown !== null || last === null) return { kind: 'not-known', changes: [], notRead: [server.id] };
  if (!linked) return SAME;
  const runs = last.runsWith;
  if (runs === null) return { kind: 'new', changes: [], notRead: [] };
  const changes: readonly Change[] = [
    ...changed('origin', runs.origin, server.origin),
    ...changed('bindaddress', runs.bindaddress, server.bindaddress),
  ];
  return changes.length === 0 ? SAME : { kind: 'changed', changes, notRead: [] };
}

function changed(what: string, from: string | null, to: string | null): readonly Change[] {
  const means = (text: string): string => parseOrigin(text)?.origin ?? text;
  if (to === null || (from !== null && means(from) === means(to))) return [];
  return [{ what, from: from ?? 'not set', to }];
}

/** Those that are shown as servers that were taken out are not among them. */
function strangersOf(
  fleet: Fleet,
  id: string,
  { last }: Reading,
  outside: readonly Outside[],
): readonly Stranger[] {
  const members = new Set<string>(fleet.servers.map((server) => server.id));
  return (last?.runsWith?.partners ?? [])
    .filter(({ server }) => server === null || serverId(server) === null || !members.has(server))
    .filter((partner) => !outside.some((one) => one.isOf(partner)))
    .map(({ origin }) => ({ server: id, origin }));
}
