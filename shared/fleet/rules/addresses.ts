import type { Origin } from '../../names';
import type { Problem } from '../../problem';
import { originHost, parseOrigin, sameOrigin } from '../../origin';
import { DEFAULT_BINDADDRESS } from '../../server-config/server-config';
import { listed } from './listed';
import { finding } from './rule-table';
import { type FleetView, isLoopback, type Seen, splitAddress } from './view';

/** Rules about names, ports and what overrides them. */

/** Every linked server has an origin of its own, by name. */
export function origins({ topology, servers }: FleetView): readonly Problem[] {
  const owners = new Map<Origin, string[]>();
  for (const { wanted, origin } of servers) {
    if (origin === null) continue;
    const known = owners.get(origin);
    if (known) known.push(wanted.id);
    else owners.set(origin, [wanted.id]);
  }
  return servers.flatMap(({ wanted, observed, origin }) => {
    const { id } = wanted;
    if (origin === null) {
      if (observed.config === null || topology.linksOf(id).length === 0) return [];
      return [
        finding(
          'no-origin',
          id,
          `${id} has no replication origin, neither in the fleet file nor in its server.toml.`,
          `Write what partners dial, such as origin = "repl://${id}.example.com:8444".`,
        ),
      ];
    }
    const all = owners.get(origin) ?? [];
    const twin = all.find((other) => other !== id);
    const found: Problem[] = [];
    if (twin !== undefined)
      found.push(
        finding(
          'same-origin',
          id,
          `${id} and ${twin} both have the origin ${origin}.`,
          'Give each the name and port that partners dial for it alone.',
          { server: id },
          { servers: all },
        ),
      );
    // In a new fleet's file it is an error already; here it comes from the server's own file.
    if (wanted.origin === null && parseOrigin(origin)?.isAddress)
      found.push(
        finding(
          'origin-is-address',
          id,
          `The origin of ${id} is an IP address, which certificates of older Kanidm versions do not name.`,
          'Use a DNS name when you next renew its certificate.',
        ),
      );
    return found;
  });
}

/** A port that only the same machine reaches, and one that is not the port partners dial. */
export function bindAddresses(view: FleetView): readonly Problem[] {
  return view.servers.flatMap((server) => {
    const { id } = server.wanted;
    const written = bindaddressOf(server);
    const bound = written === null ? null : splitAddress(written);
    const from = remoteConsumers(view, server);
    if (written === null && server.observed.config?.replication && from.length > 0)
      return [
        finding(
          'loopback-bind-default',
          id,
          `${id} says no bindaddress for replication, so it listens on ${DEFAULT_BINDADDRESS}, where ${listed(from, ' and ')} cannot reach it.`,
          `Deploy: it writes bindaddress = "0.0.0.0:${portOf(server)}". Or write one for ${id} in the fleet file.`,
        ),
      ];
    if (written === null || bound === null) return [];
    const found: Problem[] = [];
    if (isLoopback(bound.host) && from.length > 0) {
      const chosen = server.wanted.bindaddress !== null;
      found.push(
        finding(
          chosen ? 'loopback-bind-chosen' : 'loopback-bind',
          id,
          `${id} listens on ${written}, where ${listed(from, ' and ')} cannot reach it.`,
          chosen
            ? 'Leave it only if something on that machine forwards the port.'
            : `Write bindaddress = "0.0.0.0:${bound.port}" for ${id} in the fleet file.`,
        ),
      );
    }
    const dialled = server.origin === null ? null : parseOrigin(server.origin);
    if (dialled && dialled.port !== bound.port)
      found.push(
        finding(
          'bind-port-differs',
          id,
          `${id} listens on port ${bound.port}, partners dial port ${dialled.port}.`,
          'Fine where the port is forwarded; otherwise make them equal.',
        ),
      );
    return found;
  });
}

/** A container whose replication port nobody outside reaches. */
export function publishedPorts(view: FleetView): readonly Problem[] {
  return view.servers.flatMap((server) => {
    const published = server.observed.facts?.publishedPorts ?? null;
    const from = remoteConsumers(view, server);
    const dialled = server.origin === null ? null : parseOrigin(server.origin);
    if (published === null || !dialled || from.length === 0) return [];
    const bound = splitAddress(bindaddressOf(server) ?? '');
    if (published.includes(dialled.port) || (bound && published.includes(bound.port))) return [];
    return [
      finding(
        'port-not-published',
        server.wanted.id,
        `The container of ${server.wanted.id} does not publish port ${dialled.port}, which partners dial.`,
        'Publish it, unless all partners are on the same container network.',
      ),
    ];
  });
}

/** `KANIDM_REPLICATION_*` variables win over the file. */
export function environment({ servers }: FleetView): readonly Problem[] {
  return servers.flatMap((server) => {
    const { id } = server.wanted;
    const overrides = server.observed.facts?.overrides ?? {};
    return Object.entries(overrides).flatMap(([name, value]) => {
      const wanted = contradicted(server, name, value);
      if (wanted !== null)
        return [
          finding(
            'environment-contradicts',
            id,
            `${name}=${value} in the environment of ${id} wins over ${wanted}.`,
            `Remove ${name} from the unit or container, or write the same value in the fleet file.`,
          ),
        ];
      if (!name.startsWith('KANIDM_REPLICATION_')) return [];
      return [
        finding(
          'environment-overrides',
          id,
          `${name}=${value} is set in the environment of ${id} and wins over its file.`,
          'Remove it, so that the file says what is so.',
        ),
      ];
    });
  });
}

function contradicted({ wanted, observed, origin }: Seen, name: string, value: string): string | null {
  if (name === 'KANIDM_REPLICATION_ORIGIN')
    return origin === null || sameOrigin(value, origin) ? null : `the origin ${origin}`;
  const bindaddress = wanted.bindaddress ?? observed.config?.replication?.bindaddress ?? null;
  if (name === 'KANIDM_REPLICATION_BINDADDRESS')
    return bindaddress === null || value === bindaddress ? null : `the bindaddress ${bindaddress}`;
  return null;
}

/** What it will listen on; null: the deploy chooses. */
const bindaddressOf = ({ wanted, observed }: Seen): string | null =>
  wanted.bindaddress ??
  observed.config?.replication?.bindaddress ??
  observed.facts?.overrides['KANIDM_REPLICATION_BINDADDRESS'] ??
  null;

const portOf = ({ origin }: Seen): number => (origin === null ? 8444 : (parseOrigin(origin)?.port ?? 8444));

/** Who must reach this server from another machine, as far as names tell. */
function remoteConsumers({ topology, byId }: FleetView, { wanted, origin }: Seen): readonly string[] {
  if (origin !== null && isLoopback(originHost(origin) ?? '')) return [];
  return topology.consumersOf(wanted.id).filter((id) => {
    const partner = byId.get(id)?.origin ?? topology.servers.get(id)?.origin ?? null;
    return partner === null || !isLoopback(originHost(partner) ?? '');
  });
}
