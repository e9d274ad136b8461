import type { Origin } from '../../base/names';
import { ownBindaddress, versionOf } from '../../observed/observed-config';
import type { Problem } from '../../base/problem';
import { originHost, parseOrigin } from '../../base/origin';
import { lacks, firstWith } from '../../versions/versions';
import { joinNames } from '../../base/join-names';
import { ruleProblems, type Words } from './words';
import { type FleetView, isLoopback, type ObservedView, splitAddress } from './view';

/** Rules about names and ports. */
export const words = {
  'no-origin': {
    severity: 'error',
    what: 'a linked server has no replication origin, neither in the fleet file nor of its own.',
    why: 'partners would not know what to dial.',
    fix: 'write it.',
    from: 'Kanidm',
    source: 'design.md, "The fleet file"',
  },
  'same-origin': {
    severity: 'error',
    what: 'two servers’ own files have one origin.',
    fix: 'give each its own.',
    from: 'Kanidm: one origin per node',
    source: 'kanidm.md, "Replication keys": one origin per node',
  },
  'origin-is-address': {
    severity: 'error',
    what: `a server older than ${firstWith('address-origin')} has an IPv4 address as origin.`,
    why: `it writes the address into its certificate as a name, and partners refuse it. From ${firstWith('address-origin')} on an IPv4 address works.`,
    fix: 'use a name, or upgrade, renew the certificate and deploy.',
    from: 'measured, Kanidm’s source',
    source: 'kanidm.md, "Addresses as origins"',
  },
  'origin-never-works': {
    severity: 'error',
    what: 'a server’s origin is an IPv6 address.',
    why: 'kanidmd starts, but never listens for partners.',
    fix: 'use a name that resolves to that address.',
    from: 'measured',
    source: 'kanidm.md, "Addresses as origins": IPv6 origins never work',
  },
  'loopback-bind': {
    severity: 'error',
    what: 'the server’s file binds replication to a loopback address, and others must reach it.',
    why: 'a common mistake, in containers above all (Kanidm issue 2970).',
    fix: 'write `bindaddress` in the fleet file.',
    from: 'reported',
    source: 'kanidm.md, "Replication keys" (Kanidm issue 2970)',
  },
  'loopback-bind-chosen': {
    severity: 'warning',
    what: 'the fleet file itself says a loopback address.',
    fix: 'leave it only if something on that machine forwards the port.',
    from: 'reported',
    source: 'kanidm.md, "Replication keys" (Kanidm issue 2970)',
  },
  'bind-port-differs': {
    severity: 'info',
    what: 'the port it listens on is not the one partners dial.',
    fix: 'fine where the port is forwarded.',
    from: 'Kanidm',
    source: 'kanidm.md, "Replication keys"',
  },
  'port-not-published': {
    severity: 'warning',
    what: 'the container publishes neither port.',
    why: '8444 is not in the image’s EXPOSE, so it is easily forgotten.',
    fix: 'publish it, unless all partners are on one container network.',
    from: 'measured',
    source: 'kanidm.md, "What the lines mean": not published',
  },
} as const satisfies Words;

const ruleProblem = ruleProblems(words);

/** All rules of this file. */
export const check = (view: FleetView): readonly Problem[] =>
  [origins, bindAddresses, publishedPorts].flatMap((rule) => rule(view));

/** Every linked server has an origin of its own, by name. */
function origins({ topology, servers }: FleetView): readonly Problem[] {
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
        ruleProblem(
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
        ruleProblem(
          'same-origin',
          id,
          `${id} and ${twin} both have the origin ${origin}.`,
          'Give each the name and port that partners dial for it alone.',
          { server: id },
          { servers: all },
        ),
      );
    found.push(...addresses(id, origin, versionOf(observed)));
    return found;
  });
}

/** An IPv4 address as origin works from 1.7.3 on, an IPv6 address in no version (measured). */
function addresses(id: string, origin: Origin, version: string | null): readonly Problem[] {
  const { ipVersion } = parseOrigin(origin) ?? { ipVersion: null };
  if (ipVersion === 6)
    return [
      ruleProblem(
        'origin-never-works',
        id,
        `The origin of ${id} is an IPv6 address, so kanidmd never listens for partners.`,
        `Give ${id} a name as origin that resolves to that address.`,
      ),
    ];
  if (ipVersion === null || version === null || !lacks(version, 'address-origin')) return [];
  return [
    ruleProblem(
      'origin-is-address',
      id,
      `The origin of ${id} is an IP address, which kanidmd ${version} writes into its certificate as a name: partners refuse it.`,
      `Give ${id} a name as origin, or upgrade it to ${firstWith('address-origin')} or later, then renew its certificate and deploy.`,
    ),
  ];
}

/** A port that only the same machine reaches, and one that is not the port partners dial. */
function bindAddresses(view: FleetView): readonly Problem[] {
  return view.servers.flatMap((server) => {
    const { id } = server.wanted;
    const written = bindaddressOf(server);
    const bound = written === null ? null : splitAddress(written);
    const from = remoteConsumers(view, server);
    if (written === null || bound === null) return [];
    const found: Problem[] = [];
    if (isLoopback(bound.host) && from.length > 0) {
      const chosen = server.wanted.bindaddress !== null;
      found.push(
        ruleProblem(
          chosen ? 'loopback-bind-chosen' : 'loopback-bind',
          id,
          `${id} listens on ${written}, where ${joinNames(from, ' and ')} cannot reach it.`,
          chosen
            ? 'Leave it only if something on that machine forwards the port.'
            : bindFix(server, bound.port),
        ),
      );
    }
    const dialled = server.origin === null ? null : parseOrigin(server.origin);
    if (dialled && dialled.port !== bound.port)
      found.push(
        ruleProblem(
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
function publishedPorts(view: FleetView): readonly Problem[] {
  return view.servers.flatMap((server) => {
    const published = server.observed.facts?.publishedPorts ?? null;
    const from = remoteConsumers(view, server);
    const dialled = server.origin === null ? null : parseOrigin(server.origin);
    if (published === null || !dialled || from.length === 0) return [];
    const bound = splitAddress(bindaddressOf(server) ?? '');
    if (published.includes(dialled.port) || (bound && published.includes(bound.port))) return [];
    return [
      ruleProblem(
        'port-not-published',
        server.wanted.id,
        `The container of ${server.wanted.id} does not publish port ${dialled.port}, which partners dial.`,
        'Publish it, unless all partners are on the same container network.',
      ),
    ];
  });
}

/** A variable that counts must go first: the fleet file would not reach it. */
function bindFix({ wanted: { id }, observed }: ObservedView, port: number): string {
  const name = 'KANIDM_REPLICATION_BINDADDRESS';
  const value = observed.facts?.overrides[name];
  return value !== undefined && value === ownBindaddress(observed)
    ? `Remove ${name} from the unit or container of ${id}, or set it to 0.0.0.0:${port}.`
    : `Write bindaddress = "0.0.0.0:${port}" for ${id} in the fleet file.`;
}

/** What it listens on; null: it has no replication, or its file says none. */
const bindaddressOf = ({ wanted, observed }: ObservedView): string | null =>
  wanted.bindaddress ?? ownBindaddress(observed);

/** Who must reach this server from another machine, as far as names tell. */
function remoteConsumers({ topology, byId }: FleetView, { wanted, origin }: ObservedView): readonly string[] {
  if (origin !== null && isLoopback(originHost(origin) ?? '')) return [];
  return topology.consumersOf(wanted.id).filter((id) => {
    const partner = byId.get(id)?.origin ?? topology.servers.get(id)?.origin ?? null;
    return partner === null || !isLoopback(originHost(partner) ?? '');
  });
}
