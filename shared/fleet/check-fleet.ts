import type { KeyPath } from './document';
import type { FleetSchema } from './schema';
import { parseOrigin } from '../origin';
import { automaticRefresh, refreshSources } from './check-refresh';
import type { Finding } from './finding';
import { listed } from './rules/listed';
import type { Problem } from '../problem';
import type { Place } from '../result';

/** What must hold between the fields of a fleet file that is well formed. */
export function checkFleet(
  fleet: FleetSchema,
  place: (path: KeyPath) => Place,
  written: (path: KeyPath) => unknown,
): readonly Problem[] {
  const found: Finding[] = [
    ...duplicates(fleet),
    ...origins(fleet, written),
    ...links(fleet),
    ...refreshSources(fleet),
    ...automaticRefresh(fleet),
    ...removedServers(fleet),
    ...dialledNames(fleet, written),
  ];
  return found.map(({ severity = 'error', code, server = null, message, fix, path }) => ({
    severity,
    code,
    server,
    message,
    fix,
    where: place(path),
  }));
}

function duplicates(fleet: FleetSchema): Finding[] {
  return [
    ...repeated(fleet.server, (server) => server.id).map(([position, first, server]): Finding => ({
      code: 'fleet-duplicate-id',
      server: server.id,
      message: `two servers are called ${server.id} (the other is server[${first}])`,
      fix: 'Give one of them another id.',
      path: ['server', position, 'id'],
    })),
    ...repeated(fleet.server, (server) => server.origin).map(([position, first, server]): Finding => ({
      code: 'fleet-duplicate-origin',
      server: server.id,
      message: `${server.id} and ${fleet.server[first]?.id ?? ''} have the same origin ${server.origin ?? ''}`,
      fix: 'Give each server the name and port that partners dial for it alone.',
      path: ['server', position, 'origin'],
    })),
    ...repeated(fleet.server, instance).map(([position, first, server]): Finding => ({
      code: 'fleet-duplicate-endpoint',
      server: server.id,
      message: `${server.id} and ${fleet.server[first]?.id ?? ''} are the same ${
        server.connect === 'docker' ? 'container' : 'service'
      } at ${server.endpoint}`,
      fix: 'Remove one of them, or correct its endpoint, container or service.',
      path: ['server', position, 'endpoint'],
    })),
  ];
}

/** What a server is on its machine: one service per unit, one per container. */
const instance = (server: FleetSchema['server'][number]): string =>
  server.connect === 'docker'
    ? `docker ${server.endpoint} ${server.container}`
    : `ssh ${plainEndpoint(server.endpoint)} ${server.service} ${server.config ?? ''}`;

/** One spelling of an SSH endpoint: host in lower case, no closing slash, no default port. */
const plainEndpoint = (endpoint: string): string => {
  const [, user = '', host = endpoint] = /^ssh:\/\/([^@]*@)?([^/]*)\/?$/.exec(endpoint) ?? [];
  return `${user}${host.toLowerCase().replace(/:22$/, '')}`;
};

function origins(fleet: FleetSchema, written: (path: KeyPath) => unknown): Finding[] {
  return fleet.server.flatMap((server, position): Finding[] => {
    const path = ['server', position, 'origin'];
    const text = written(path);
    const parts = typeof text === 'string' ? parseOrigin(text) : null;
    if (!parts) return [];
    const found: Finding[] = [];
    if (parts.isAddress)
      found.push({
        code: 'fleet-origin-is-address',
        server: server.id,
        message: `the origin of ${server.id} is an IP address, which certificates of older Kanidm versions do not name`,
        fix: 'Use a DNS name, such as origin = "repl://idm-a.example.com:8444".',
        path,
      });
    if (parts.portMissing)
      found.push({
        severity: 'warning',
        code: 'fleet-origin-without-port',
        server: server.id,
        message: `the origin of ${server.id} has no port, which Kanidm reads as 443`,
        fix: `Write the port, such as origin = "repl://${parts.host}:8444".`,
        path,
      });
    return found;
  });
}

/** The names that links dial: the same as an origin, only that a certificate of a newer version may name an address. */
function dialledNames(fleet: FleetSchema, written: (path: KeyPath) => unknown): Finding[] {
  return fleet.link.flatMap((_, position) =>
    (['supplier_origin', 'consumer_origin'] as const).flatMap((key): Finding[] => {
      const path = ['link', position, key];
      const text = written(path);
      const parts = typeof text === 'string' ? parseOrigin(text) : null;
      if (!parts?.portMissing) return [];
      return [
        {
          severity: 'warning',
          code: 'fleet-origin-without-port',
          message: `${key} has no port, which Kanidm reads as 443`,
          fix: `Write the port, such as ${key} = "repl://${parts.host}:8444".`,
          path,
        },
      ];
    }),
  );
}

function links(fleet: FleetSchema): Finding[] {
  const known = new Set(fleet.server.map((server) => server.id));
  const unknown = fleet.link.flatMap((link, position) =>
    (['supplier', 'consumer'] as const).flatMap((side): Finding[] =>
      known.has(link[side])
        ? []
        : [
            {
              code: 'fleet-link-unknown-server',
              message: `the link names a server ${link[side]}, which is not in the file`,
              fix: known.size === 0 ? 'Add the server.' : `Use one of ${listed(known)}, or add the server.`,
              path: ['link', position, side],
            },
          ],
    ),
  );
  const loops = fleet.link.flatMap((link, position): Finding[] =>
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
    ([position, first, link]): Finding => ({
      code: 'fleet-duplicate-link',
      message: `${link.supplier} and ${link.consumer} are linked twice (the other is link[${first}])`,
      fix: 'Keep one link for the pair; mutual = true makes both pull.',
      path: ['link', position],
    }),
  );
  return [...unknown, ...loops, ...twice];
}

/** A server cannot be in the fleet and taken out of it: its partners' tables would be written and removed. */
function removedServers(fleet: FleetSchema): Finding[] {
  const owner = new Map(fleet.server.map((server) => [server.origin as string | null, server.id]));
  return fleet.removed.flatMap(({ origin }, position): Finding[] => {
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
