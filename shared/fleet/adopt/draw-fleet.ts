import { addServers, newFleet, setDomainUuid } from '../edit/edit-fleet';
import { addLinks, type LinkFields } from '../edit/edit-links';
import type { Problem } from '../../base/problem';
import { ok, type Result } from '../../base/result';
import { type DirectedPair, inferDirections, type PrimaryQuestion } from './directions';
import { driftOf, uselessPair } from './drift';
import type { AdoptedServer, AdoptedTable, AdoptedFleet } from './adopted-fleet';

/** A fleet drawn from running servers, or what has to be asked first. */
export interface DrawnFleet {
  /** The fleet file; null while a question is open or an error stands in the way. */
  readonly text: string | null;
  readonly links: readonly DrawnLink[];
  readonly questions: readonly PrimaryQuestion[];
  /** What was found, and what the fleet says otherwise than the servers' files: shown, and left as it is on them. */
  readonly problems: readonly Problem[];
}

export interface DrawnLink extends LinkFields {
  readonly mutual: boolean;
  readonly automaticRefresh: boolean;
  readonly because: DirectedPair['because'];
}

/**
 * Draws the fleet that the servers are: deploying it changes nothing, but for what cannot be expressed (`design.md`,
 * "The fleet file"), which is among the problems.
 * @param primaries whose data wins, where the servers' files leave that open; at most one per connected part.
 * @returns a fault when a named primary contradicts the servers' files, or the fleet would not be valid.
 */
export function drawFleet(adopted: AdoptedFleet, primaries: readonly string[]): Result<DrawnFleet> {
  const ids = adopted.servers.map(({ fields }) => fields.id);
  const useless = adopted.pairs.filter(allowsOnly);
  const inferred = inferDirections(
    ids,
    adopted.pairs.filter((pair) => !allowsOnly(pair)),
    primaries,
  );
  if (!inferred.ok) return inferred;
  const { pairs, questions } = inferred.value;
  const links = linksOf(adopted.servers, pairs);
  const problems = [
    ...adopted.problems,
    ...useless.map(uselessPair),
    ...pairs.flatMap((pair, index) => driftOf(pair, links[index]?.automaticRefresh ?? false)),
  ];
  const blocked = adopted.problems.some((problem) => problem.severity === 'error');
  if (blocked || questions.length > 0) return ok({ text: null, links, questions, problems });
  const text = write(adopted.servers, links);
  return text.ok ? ok({ text: text.value, links, questions, problems }) : text;
}

/** Two tables that only allow: nobody pulls, so there is no link, and which was meant nobody can tell. */
function allowsOnly({ tables }: AdoptedFleet['pairs'][number]): boolean {
  return tables.every((table) => table?.type === 'allow-pull');
}

function linksOf(servers: readonly AdoptedServer[], pairs: readonly DirectedPair[]): readonly DrawnLink[] {
  const origins = new Map(servers.map((server) => [server.fields.id, server.origin]));
  const suppliers = new Map<string, number>();
  const count = (id: string): void => void suppliers.set(id, (suppliers.get(id) ?? 0) + 1);
  for (const { supplier, consumer, mutual } of pairs) {
    count(consumer);
    if (mutual) count(supplier);
  }
  return pairs.map((pair): DrawnLink => {
    const { supplier, consumer, mutual, because } = pair;
    const [consumers, suppliersTable] = tablesOf(pair);
    const supplierOrigin = otherName(consumers, origins.get(supplier) ?? null);
    const consumerOrigin = otherName(suppliersTable, origins.get(consumer) ?? null);
    return {
      supplier,
      consumer,
      mutual,
      // Written only where the fleet file allows it: with several suppliers the deploy switches it off.
      automaticRefresh: consumers?.automaticRefresh === true && suppliers.get(consumer) === 1,
      ...(supplierOrigin === null ? {} : { supplierOrigin }),
      ...(consumerOrigin === null ? {} : { consumerOrigin }),
      because,
    };
  });
}

/** The consumer's table, then the supplier's. */
export function tablesOf({
  pair,
  consumer,
}: Pick<DirectedPair, 'pair' | 'consumer'>): readonly [AdoptedTable | null, AdoptedTable | null] {
  const [first, second] = pair.tables;
  return pair.servers[0] === consumer ? [first, second] : [second, first];
}

const otherName = (table: AdoptedTable | null, origin: string | null): string | null =>
  table === null || table.origin === origin ? null : table.origin;

function write(servers: readonly AdoptedServer[], links: readonly DrawnLink[]): Result<string> {
  const named = setDomainUuid(newFleet(nameOf(servers)), domainOf(servers));
  if (!named.ok) return named;
  const drawn = addServers(named.value, withoutTwins(servers));
  if (!drawn.ok) return drawn;
  return addLinks(drawn.value, links.map(linkFields));
}

/** Values that are so anyway are left out, as a person would. */
function linkFields({ because: _because, mutual, automaticRefresh, ...link }: DrawnLink): LinkFields {
  return {
    ...link,
    ...(mutual ? {} : { mutual: false }),
    ...(automaticRefresh ? { automaticRefresh: true } : {}),
  };
}

/** Of two servers with one origin the second leaves it to its own file; that both have it, the check says. */
function withoutTwins(servers: readonly AdoptedServer[]) {
  const origins = new Set<string>();
  return servers.map(({ fields }) => {
    const { origin, ...rest } = fields;
    if (typeof origin !== 'string') return fields;
    if (origins.has(origin)) return rest;
    origins.add(origin);
    return fields;
  });
}

/** The one domain they all are in: from then on a primary in another one is an error. Null while they disagree. */
function domainOf(servers: readonly AdoptedServer[]): string | null {
  const uuids = new Set(servers.map((server) => server.domainUuid));
  const [uuid] = uuids;
  return servers.length > 1 && uuids.size === 1 && uuid !== undefined ? uuid : null;
}

function nameOf(servers: readonly AdoptedServer[]): string {
  const domains = new Set(servers.flatMap(({ domain }) => domain ?? []));
  const [domain] = domains;
  return domains.size === 1 && domain !== undefined ? domain : 'Adopted servers';
}
