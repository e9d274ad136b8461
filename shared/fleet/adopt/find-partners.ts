import type { Origin } from '../../names';
import type { ObservedServer } from '../../observed';
import { parseOrigin } from '../../origin';
import { type Problem, problemOf } from '../../problem';
import type { Partner } from '../../server-config/server-config';
import { secondTable } from '../rules/deployed-links';
import { unknownPartner } from '../rules/partners';
import { serverStopped } from '../rules/reach';
import { finding } from '../rules/rule-table';
import type { AdoptedPair, AdoptedServer, AdoptedTable, Findings, SeenServer } from './findings';
import { effectiveBindaddress, effectiveOrigin } from './own-names';
import { serverIds } from './server-ids';

/**
 * Reads who replicates with whom from the servers' own files and certificates.
 *
 * A partner is known by its pinned certificate first, so that another name for it (a VPN's) does not matter, then by
 * its origin. Where a table dials one adopted server and pins the certificate of another, the name counts: no such
 * connection can be made, and the pin is what is wrong (`kanidm.md`, "Health": UnknownIssuer).
 */
export function findPartners(seen: readonly SeenServer[]): Findings {
  const ids = serverIds(seen);
  const all = seen.map(({ reach, observed }, at): Known => {
    const id = ids[at] ?? '';
    return { id, observed, server: describeServer(id, reach, observed) };
  });
  const whose = partnerFinder(all);
  const tables = new Map<string, Map<string, AdoptedTable>>();
  const problems = [...all.flatMap(troubles), ...twins(all)];
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

interface Known {
  readonly id: string;
  readonly observed: ObservedServer;
  readonly server: AdoptedServer;
}

type WhoseTable = (partner: Partner, owner: string) => Known | null;

function describeServer(id: string, reach: SeenServer['reach'], observed: ObservedServer): AdoptedServer {
  const origin = effectiveOrigin(observed);
  const bindaddress = effectiveBindaddress(observed);
  const named = origin !== null && parseOrigin(origin)?.isAddress === false;
  return {
    fields: {
      ...reach,
      id,
      // The server's own file goes on saying what cannot be written into a fleet file: an address is an error there.
      ...(named ? { origin } : {}),
      ...(bindaddress !== null && isBindaddress(bindaddress) ? { bindaddress } : {}),
    },
    state: observed.state,
    version: observed.facts?.runningVersion ?? observed.log?.runningVersion ?? observed.versionOnDisk,
    domain: observed.domain?.name ?? observed.config?.domain ?? null,
    domainUuid: observed.domain?.uuid ?? null,
    origin: observed.config?.replication ? origin : null,
  };
}

const isBindaddress = (text: string): boolean =>
  /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:.]+\]):\d{1,5}$/i.test(text);

function partnerFinder(all: readonly Known[]): WhoseTable {
  const byPin = new Map<string, Known>();
  const byOrigin = new Map<Origin, Known>();
  for (const known of all) {
    const { certificate, config } = known.observed;
    if (certificate !== null) byPin.set(plain(certificate.text), known);
    const own = config?.replication?.origin ?? null;
    const written = own === null ? null : (parseOrigin(own)?.origin ?? null);
    for (const name of [written, effectiveOrigin(known.observed)])
      if (name !== null && !byOrigin.has(name)) byOrigin.set(name, known);
  }
  return (partner, owner) => {
    const named = byOrigin.get(partner.origin);
    if (named !== undefined && named.id !== owner) return sharesOrigin(named) ?? named;
    const pinned = byPin.get(plain(partner.certificate));
    return pinned === undefined || pinned.id === owner ? null : pinned;

    /** Two servers of one origin: the pin tells them apart. */
    function sharesOrigin(first: Known): Known | null {
      const other = byPin.get(plain(partner.certificate));
      const same = other !== undefined && effectiveOrigin(other.observed) === effectiveOrigin(first.observed);
      return same && other.id !== owner ? other : null;
    }
  };
}

/** The tables of a file; of several for one partner the one that dials the partner's own origin comes first. */
function byName(observed: ObservedServer, whose: WhoseTable): readonly Partner[] {
  const partners = observed.config?.replication?.partners ?? [];
  const isOwn = (partner: Partner): boolean => {
    const found = whose(partner, '');
    return found !== null && effectiveOrigin(found.observed) === partner.origin;
  };
  return [...partners.filter(isOwn), ...partners.filter((partner) => !isOwn(partner))];
}

const tableOf = (partner: Partner, { certificate }: ObservedServer): AdoptedTable => ({
  origin: partner.origin,
  type: partner.type,
  automaticRefresh: partner.automaticRefresh,
  pinIsLive: certificate === null ? null : plain(certificate.text) === plain(partner.certificate),
});

function pairsOf(
  ids: readonly string[],
  tables: ReadonlyMap<string, ReadonlyMap<string, AdoptedTable>>,
): readonly AdoptedPair[] {
  const pairs = new Map<string, AdoptedPair>();
  const place = new Map(ids.map((id, at) => [id, at]));
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
function troubles({ id, observed }: Known): readonly Problem[] {
  const unread = observed.state === 'unreachable' || observed.config === null;
  const said = observed.faults.map((fault): Problem => ({
    ...problemOf(fault, unread ? 'error' : 'warning'),
    server: id,
    where: { ...fault.where, server: id },
  }));
  if (unread && said.length === 0)
    said.push({ ...finding('server-unreachable', id, `${id} could not be read.`, 'Check its endpoint.') });
  if (observed.state !== 'stopped') return said;
  // It shows no certificate: its partners are known by its origin only.
  return [...said, { ...serverStopped(id, observed), severity: 'warning' }];
}

/** One server given twice, or a clone of another: both would have the same certificate, or are the same container. */
function twins(all: readonly Known[]): readonly Problem[] {
  const first = new Map<string, string>();
  return all.flatMap(({ id, observed }): readonly Problem[] => {
    const { certificate, facts } = observed;
    const marks = [certificate?.text, facts?.container?.id].filter((mark) => mark !== undefined);
    const twin = marks.map((mark) => first.get(mark)).find((other) => other !== undefined);
    for (const mark of marks) if (!first.has(mark)) first.set(mark, id);
    if (twin === undefined) return [];
    return [
      finding(
        'server-twice',
        id,
        `${id} is the same server as ${twin}, or a copy of it: both show the same.`,
        'Name every server once. A copied machine needs a replication certificate of its own.',
      ),
    ];
  });
}

const plain = (text: string): string => text.replace(/=+$/, '');
