import type { Origin } from '../../base/names';
import type { ObservedServer } from '../../observed/observed';
import { everyOrigin, ownBindaddress, ownOrigin, runsWith, versionOf } from '../../observed/observed-config';
import { parseOrigin } from '../../base/origin';
import { type Problem, problemOf } from '../../base/problem';
import { type Partner, partnersOf } from '../../server-config/server-config';
import { secondTable } from '../rules/deployed-links';
import { unknownPartner } from '../rules/partners';
import { serverStopped } from '../rules/reachable';
import { ruleProblem } from '../rules/registry';
import type { AdoptedPair, AdoptedServer, AdoptedTable, AdoptedFleet, SeenServer } from './adopted-fleet';
import { dialledOrigins } from './own-names';
import { serverIds } from './server-ids';
import { unpadded } from '../../base/base64';

/**
 * Reads who replicates with whom from the servers' own files and certificates.
 *
 * A partner is known by its pinned certificate first, so that another name for it (a VPN's) does not matter, then by
 * its origin. Where a table dials one adopted server and pins the certificate of another, the name counts: no such
 * connection can be made, and the pin is what is wrong (`kanidm.md`, "Health": UnknownIssuer).
 */
export function findPartners(seen: readonly SeenServer[]): AdoptedFleet {
  const ids = serverIds(seen);
  const origins = dialledOrigins(seen.map(({ observed }) => observed));
  const all = seen.map(({ reach, observed }, index): KnownServer => {
    const id = ids[index] ?? '';
    return { id, observed, server: describeServer(id, reach, observed, origins[index] ?? null) };
  });
  const whose = partnerFinder(all);
  const tables = new Map<string, Map<string, AdoptedTable>>();
  const problems = [...all.flatMap(troubles), ...twins(all), ...all.flatMap(sharedOrigin)];
  for (const { id, observed } of all) {
    const own = new Map<string, AdoptedTable>();
    tables.set(id, own);
    for (const partner of byName(observed, whose)) {
      const found = whose(partner, id);
      if (found === null) problems.push(unknownPartner(id, partner));
      else if (own.has(found.id)) problems.push(secondTable(id, found.id, partner.origin));
      else own.set(found.id, tableOf(partner, found.observed));
    }
  }
  return { servers: all.map(({ server }) => server), pairs: pairsOf(ids, tables), problems };
}

interface KnownServer {
  readonly id: string;
  readonly observed: ObservedServer;
  readonly server: AdoptedServer;
}

type WhoseTable = (partner: Partner, owner: string) => KnownServer | null;

/** Its own origin is another's too, and another name was taken instead (`dialledOrigins`). */
function sharedOrigin({ id, observed, server: { origin } }: KnownServer): readonly Problem[] {
  const own = ownOrigin(observed);
  if (own === null || origin === null || own === origin) return [];
  return [
    ruleProblem(
      'origin-shared',
      id,
      `Other servers have the origin of ${id}, ${own}, too; ${origin}, which its certificate names, is taken instead.`,
      `Deploy: it writes ${origin} into the server.toml of ${id}. Or write another name for it in the fleet file.`,
    ),
  ];
}

function describeServer(
  id: string,
  reach: SeenServer['reach'],
  observed: ObservedServer,
  origin: Origin | null,
): AdoptedServer {
  const bindaddress = ownBindaddress(observed);
  const named = origin !== null && parseOrigin(origin)?.isAddress === false;
  return {
    fields: {
      ...reach,
      id,
      // The server's own file goes on saying an address: a fleet file warns of one, or refuses it.
      ...(named ? { origin } : {}),
      ...(bindaddress !== null && isBindaddress(bindaddress) ? { bindaddress } : {}),
    },
    state: observed.state,
    fileRead: observed.state !== 'unreachable' && observed.config !== null,
    version: versionOf(observed),
    domain: observed.domain?.name ?? runsWith(observed)?.domain ?? null,
    domainUuid: observed.domain?.uuid ?? null,
    origin,
  };
}

const isBindaddress = (text: string): boolean =>
  /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:.]+\]):\d{1,5}$/i.test(text);

function partnerFinder(all: readonly KnownServer[]): WhoseTable {
  const byPin = new Map<string, KnownServer>();
  const byOrigin = new Map<string, KnownServer>();
  for (const known of all) {
    const { certificate } = known.observed;
    if (certificate !== null) byPin.set(unpadded(certificate.text), known);
    for (const name of [known.server.origin, ...everyOrigin(known.observed)])
      if (name !== null && !byOrigin.has(name)) byOrigin.set(name, known);
  }
  return (partner, owner) => {
    const named = byOrigin.get(partner.origin);
    if (named !== undefined && named.id !== owner) return sharesOrigin(named) ?? named;
    const pinned = byPin.get(unpadded(partner.certificate));
    return pinned === undefined || pinned.id === owner ? null : pinned;

    /** Two servers of one origin: the pin tells them apart. */
    function sharesOrigin(first: KnownServer): KnownServer | null {
      const other = byPin.get(unpadded(partner.certificate));
      const same = other !== undefined && ownOrigin(other.observed) === ownOrigin(first.observed);
      return same && other.id !== owner ? other : null;
    }
  };
}

/** The tables of a file; of several for one partner the one that dials the partner's own origin comes first. */
function byName(observed: ObservedServer, whose: WhoseTable): readonly Partner[] {
  const partners = partnersOf(observed.config);
  const isOwn = (partner: Partner): boolean => {
    const found = whose(partner, '');
    return found !== null && found.server.origin === partner.origin;
  };
  return [...partners.filter(isOwn), ...partners.filter((partner) => !isOwn(partner))];
}

const tableOf = (partner: Partner, { certificate }: ObservedServer): AdoptedTable => ({
  origin: partner.origin,
  type: partner.type,
  automaticRefresh: partner.automaticRefresh,
  pinIsLive: certificate === null ? null : unpadded(certificate.text) === unpadded(partner.certificate),
});

function pairsOf(
  ids: readonly string[],
  tables: ReadonlyMap<string, ReadonlyMap<string, AdoptedTable>>,
): readonly AdoptedPair[] {
  const pairs = new Map<string, AdoptedPair>();
  const place = new Map(ids.map((id, index) => [id, index]));
  for (const [id, own] of tables)
    for (const partner of own.keys()) {
      const [first, second] =
        (place.get(id) ?? 0) < (place.get(partner) ?? 0) ? [id, partner] : [partner, id];
      pairs.set(`${first} ${second}`, {
        servers: [first, second],
        tables: [tables.get(first)?.get(second) ?? null, tables.get(second)?.get(first) ?? null],
      });
    }
  return [...pairs.values()];
}

/** What a probe could not do. Without a server's file nothing can be said of its partners. */
function troubles({ id, observed }: KnownServer): readonly Problem[] {
  const unread = observed.state === 'unreachable' || observed.config === null;
  const said = observed.faults.map((fault): Problem => ({
    ...problemOf(fault, unread ? 'error' : 'warning'),
    server: id,
    where: { ...fault.where, server: id },
  }));
  if (unread && said.length === 0)
    said.push({
      ...ruleProblem('server-unreachable', id, `${id} could not be read.`, 'Check its endpoint.'),
    });
  if (observed.state !== 'stopped') return said;
  // It shows no certificate: its partners are known by its origin only.
  return [...said, { ...serverStopped(id, observed), severity: 'warning' }];
}

/** One server given twice, or a clone of another: both would have the same certificate, or are the same container. */
function twins(all: readonly KnownServer[]): readonly Problem[] {
  const first = new Map<string, string>();
  return all.flatMap(({ id, observed }): readonly Problem[] => {
    const { certificate, facts } = observed;
    const marks = [certificate?.text, facts?.container?.id].filter((mark) => mark !== undefined);
    const twin = marks.map((mark) => first.get(mark)).find((other) => other !== undefined);
    for (const mark of marks) if (!first.has(mark)) first.set(mark, id);
    if (twin === undefined) return [];
    return [
      ruleProblem(
        'server-twice',
        id,
        `${id} is the same server as ${twin}, or a copy of it: both show the same.`,
        'Name every server once. A copied machine needs a replication certificate of its own.',
      ),
    ];
  });
}
