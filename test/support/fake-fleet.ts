import { fakeConnection } from '../../electron/engine/connect/fake/fake-connection';
import type { FakeServer, FakeServerOptions } from '../../electron/engine/connect/fake/fake-server';
import type { Trouble } from '../../electron/engine/connect/fake/fake-trouble';
import type { ServerConnection } from '../../electron/engine/connect/connection';
import type { ConnectionsOptions } from '../../electron/engine/fleet/connections';
import type { FleetText } from '../../shared/ipc';
import { type Clock, systemClock } from '../../electron/engine/base/time';
import { ok } from '../../shared/base/result';
import { fakeServer } from './fake-deployment';
import { originOfTest } from './fleet-fixtures';

/** A fleet of servers in memory, with everything that was asked of them. */
export interface FakeFleet {
  readonly text: FleetText;
  readonly servers: readonly FakeServer[];
  /** For an engine's connections: what dials. */
  readonly open: NonNullable<ConnectionsOptions['open']>;
  /** Ids of the servers that were dialled, one a dial. */
  readonly dialled: readonly string[];
  /** Calls of a server by what they ask: `facts`, `kanidmd version`, `logs`, `follow`. */
  count(server: string): Readonly<Record<string, number>>;
  /** Log streams that are open now. */
  readonly openLogs: () => number;
}

/**
 * @param tables of each server, as in `fleet-fixtures`.
 * @param links supplier, consumer, and what else the link says: `mutual = false`.
 * @param trouble what goes wrong, by server.
 * @param more what else a server is, by id, and the clock all go by.
 */
export function fakeFleet(
  tables: Readonly<Record<string, readonly string[] | null>>,
  links: readonly FakeLink[] = [],
  trouble: (server: string) => Trouble = () => () => null,
  more: { readonly server?: (id: string) => Partial<FakeServerOptions>; readonly clock?: Clock } = {},
): FakeFleet {
  const { clock = systemClock } = more;
  // They have run for a while when a test begins.
  let ago = 120_000;
  const now = (): number => clock.now() - ago;
  const servers = Object.entries(tables).map(([id, list]) =>
    fakeServer(id, list, { now, ...more.server?.(id) }),
  );
  ago = 0;
  const logs = new Map<string, string[]>();
  const dialled: string[] = [];
  let openLogs = 0;
  const connections = new Map<string, ServerConnection>(
    servers.map((server) => {
      const read: string[] = [];
      logs.set(server.id, read);
      const real = fakeConnection(server, trouble(server.id), clock);
      const connection: ServerConnection = {
        ...real,
        logs: async function* (from, options) {
          read.push(options.follow ? 'follow' : 'logs');
          openLogs += 1;
          try {
            yield* real.logs(from, options);
          } finally {
            openLogs -= 1;
          }
        },
      };
      return [server.id, connection];
    }),
  );
  return {
    text: { path: '/fleets/test.toml', text: fleetText(Object.keys(tables), links) },
    servers,
    dialled,
    openLogs: () => openLogs,
    open: (server) => {
      dialled.push(server.id);
      const connection = connections.get(server.id);
      if (!connection) throw new Error(`no server ${server.id} in this test`);
      return Promise.resolve(ok(connection));
    },
    count: (id) => {
      const asked = [...(servers.find((it) => it.id === id)?.asked ?? []), ...(logs.get(id) ?? [])];
      return Object.fromEntries(
        [...new Set(asked)].map((it) => [it, asked.filter((one) => one === it).length]),
      );
    },
  };
}

/** A link of a fleet file. */
export type FakeLink = readonly [supplier: string, consumer: string, ...more: string[]];

const fleetText = (ids: readonly string[], links: readonly FakeLink[]): string =>
  [
    'version = 1\nname = "Test"\n',
    ...ids.map(
      (id) =>
        `[[server]]\nid = "${id}"\nconnect = "ssh"\nendpoint = "ssh://admin@${id}.example.com"\norigin = "${originOfTest(id)}"\n`,
    ),
    ...links.map(([supplier, consumer, ...more]) =>
      ['[[link]]', `supplier = "${supplier}"`, `consumer = "${consumer}"`, ...more, ''].join('\n'),
    ),
  ].join('\n');
