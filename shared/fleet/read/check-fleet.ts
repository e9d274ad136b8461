import { firstWith } from '../../versions/versions';
import type { KeyPath } from '../../toml/toml-file';
import { fleetFileProblem } from '../rules/fleet-file';
import { type ConnectedServer, kindOf, kinds } from '../../connect/kinds';
import { type FleetSchema, serverOf } from './schema';
import { serverId } from '../../base/names';
import { parseOrigin } from '../../base/origin';
import { automaticRefresh, refreshSources } from './check-refresh';
import type { FleetFileProblem } from './fleet-file-problem';
import { joinNames } from '../../base/join-names';
import type { Problem } from '../../base/problem';
import type { Place } from '../../base/result';

/** What must hold between the fields of a fleet file that is well formed. */
export function checkFleet(
  fleet: FleetSchema,
  place: (path: KeyPath) => Place,
  written: (path: KeyPath) => unknown,
): readonly Problem[] {
  const problems: FleetFileProblem[] = [
    ...duplicates(fleet),
    ...origins(fleet, written),
    ...links(fleet),
    ...refreshSources(fleet),
    ...automaticRefresh(fleet),
    ...removedServers(fleet),
    ...dialledNames(fleet, written),
  ];
  return problems.map((problem) => found(problem, place));
}

const found = (
  { code, server, message, fix, path }: FleetFileProblem,
  place: (path: KeyPath) => Place,
): Problem => fleetFileProblem(code, server ?? null, message, fix, place(path));

function duplicates(fleet: FleetSchema): FleetFileProblem[] {
  return [
    ...repeated(fleet.server, (server) => server.id).map(([position, first, server]): FleetFileProblem => ({
      code: 'fleet-duplicate-id',
      server: server.id,
      message: `two servers are called ${server.id} (the other is server[${first}])`,
      fix: 'Give one of them another id.',
      path: ['server', position, 'id'],
    })),
    ...repeated(fleet.server, (server) => server.origin).map(
      ([position, first, server]): FleetFileProblem => ({
        code: 'fleet-duplicate-origin',
        server: server.id,
        message: `${server.id} and ${fleet.server[first]?.id ?? ''} have the same origin ${server.origin ?? ''}`,
        fix: 'Give each server the name and port that partners dial for it alone.',
        path: ['server', position, 'origin'],
      }),
    ),
    ...repeated(fleet.server.map(serverOf), identityOf).map(
      ([position, first, server]): FleetFileProblem => ({
        code: 'fleet-duplicate-endpoint',
        server: server.id,
        message: `${server.id} and ${fleet.server[first]?.id ?? ''} are the same ${kinds[server.connect].unit} at ${server.endpoint}`,
        fix: 'Remove one of them, or correct its endpoint, container or service.',
        path: ['server', position, 'endpoint'],
      }),
    ),
  ];
}

const identityOf = (server: ConnectedServer): string => kindOf(server).identity(server);

function origins(fleet: FleetSchema, written: (path: KeyPath) => unknown): FleetFileProblem[] {
  return fleet.server.flatMap((server, position): FleetFileProblem[] => {
    const path = ['server', position, 'origin'];
    const text = written(path);
    const parts = typeof text === 'string' ? parseOrigin(text) : null;
    if (!parts) return [];
    const found: FleetFileProblem[] = [];
    if (parts.ipVersion === 6)
      found.push({
        code: 'fleet-origin-never-works',
        server: server.id,
        message: `the origin of ${server.id} is an IPv6 address, and kanidmd then never listens for partners`,
        fix: 'Use a DNS name, such as origin = "repl://idm-a.example.com:8444".',
        path,
      });
    if (parts.ipVersion === 4)
      found.push({
        code: 'fleet-origin-is-address',
        server: server.id,
        message: `the origin of ${server.id} is an IP address, which only Kanidm ${firstWith('address-origin')} and later can use`,
        fix: 'Use a DNS name, such as origin = "repl://idm-a.example.com:8444"; it can move to another address.',
        path,
      });
    if (parts.portMissing)
      found.push({
        code: 'fleet-origin-without-port',
        server: server.id,
        message: `the origin of ${server.id} has no port, which Kanidm reads as 443`,
        fix: `Write the port, such as origin = "repl://${parts.host}:8444".`,
        path,
      });
    return found;
  });
}

/** The names that links dial: the same as an origin, only that an IPv4 address here is nobody's own name. */
function dialledNames(fleet: FleetSchema, written: (path: KeyPath) => unknown): FleetFileProblem[] {
  return fleet.link.flatMap((_, position) =>
    (['supplier_origin', 'consumer_origin'] as const).flatMap((key): FleetFileProblem[] => {
      const path = ['link', position, key];
      const text = written(path);
      const parts = typeof text === 'string' ? parseOrigin(text) : null;
      if (parts?.ipVersion === 6)
        return [
          {
            code: 'fleet-origin-never-works',
            message: `${key} is an IPv6 address, and kanidmd never dials one`,
            fix: `Use a name that resolves to that address.`,
            path,
          },
        ];
      if (!parts?.portMissing) return [];
      return [
        {
          code: 'fleet-origin-without-port',
          message: `${key} has no port, which Kanidm reads as 443`,
          fix: `Write the port, such as ${key} = "repl://${parts.host}:8444".`,
          path,
        },
      ];
    }),
  );
}

/**
 * Links to servers that are not in the file, also of a file whose fields have faults: who fixes it wants to know all of
 * them at once.
 *
 * @param value of the whole file
 */
export function unknownEnds(value: unknown, place: (path: KeyPath) => Place): readonly Problem[] {
  const top = typeof value === 'object' && value !== null ? { link: [], server: [], ...value } : null;
  if (!Array.isArray(top?.link) || !Array.isArray(top.server)) return [];
  const at = (table: unknown, key: string): unknown =>
    typeof table === 'object' && table !== null ? Reflect.get(table, key) : undefined;
  const ids = top.server.map((server: unknown) => at(server, 'id'));
  // It may be the one whose id has a fault.
  if (!ids.every((id) => typeof id === 'string' && serverId(id) !== null)) return [];
  const known = new Set(ids.map(String));
  return top.link.flatMap((link: unknown, position) =>
    sides.flatMap((side) => {
      const id = at(link, side);
      return typeof id !== 'string' || known.has(id)
        ? []
        : [found(unknownEnd(id, known, position, side), place)];
    }),
  );
}

const sides = ['supplier', 'consumer'] as const;

const unknownEnd = (
  id: string,
  known: ReadonlySet<string>,
  position: number,
  side: (typeof sides)[number],
): FleetFileProblem => ({
  code: 'fleet-link-unknown-server',
  message: `the link names a server ${id}, which is not in the file`,
  fix: known.size === 0 ? 'Add the server.' : `Use one of ${joinNames(known)}, or add the server.`,
  path: ['link', position, side],
});

function links(fleet: FleetSchema): FleetFileProblem[] {
  const known = new Set<string>(fleet.server.map((server) => server.id));
  const unknown = fleet.link.flatMap((link, position) =>
    sides.flatMap((side) => (known.has(link[side]) ? [] : [unknownEnd(link[side], known, position, side)])),
  );
  const loops = fleet.link.flatMap((link, position): FleetFileProblem[] =>
    link.supplier !== link.consumer
      ? []
      : [
          {
            code: 'fleet-link-to-itself',
            server: link.supplier,
            message: `the link joins ${link.supplier} to itself`,
            fix: 'Name two different servers, or remove the link.',
            path: ['link', position, 'consumer'],
          },
        ],
  );
  const twice = repeated(fleet.link, (link) => [link.supplier, link.consumer].sort().join(' and ')).map(
    ([position, first, link]): FleetFileProblem => ({
      code: 'fleet-duplicate-link',
      message: `${link.supplier} and ${link.consumer} are linked twice (the other is link[${first}])`,
      fix: 'Keep one link for the pair; mutual = true makes both pull.',
      path: ['link', position],
    }),
  );
  return [...unknown, ...loops, ...twice];
}

/** A server cannot be in the fleet and taken out of it: its partners' tables would be written and removed. */
function removedServers(fleet: FleetSchema): FleetFileProblem[] {
  const owner = new Map(fleet.server.map((server) => [server.origin as string | null, server.id]));
  return fleet.removed.flatMap(({ origin }, position): FleetFileProblem[] => {
    const server = owner.get(origin);
    if (server === undefined) return [];
    return [
      {
        code: 'fleet-removed-still-there',
        server,
        message: `${origin} is listed as removed, and is the origin of ${server}`,
        fix: `Take it off [[removed]], or remove ${server} from the fleet.`,
        path: ['removed', position, 'origin'],
      },
    ];
  });
}

/** Items whose key was there before: position, position of the first, the item. Null keys never repeat. */
function repeated<T>(items: readonly T[], key: (item: T) => string | null): [number, number, T][] {
  const first = new Map<string, number>();
  return items.flatMap((item, position): [number, number, T][] => {
    const name = key(item);
    if (name === null) return [];
    const before = first.get(name);
    if (before !== undefined) return [[position, before, item]];
    first.set(name, position);
    return [];
  });
}
