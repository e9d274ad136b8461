import { list as listed } from '../base/words';
import { bytesInWords, count } from '../../shared/base/sentences';
import type { DatabaseSummary } from '../../shared/compare/database-summary';
import type { Fleet, Link } from '../../shared/fleet/model/fleet';
import { readTopology } from '../../shared/fleet/model/topology';

/** Two servers and who of them supplies, before they are linked. */
export type PairEnds = Pick<Link, 'supplier' | 'consumer' | 'mutual'>;

/** What a link does to databases at its deploy, in words. */
export interface Consequence {
  readonly tone: 'good' | 'warn' | 'bad';
  readonly title: string;
  readonly text: string;
}

/** What is known of any server of the fleet; null: nothing. */
export interface KnownData {
  domainOf(id: string): string | null;
  summaryOf(id: string): DatabaseSummary | null;
}

/** What becomes of the databases once two servers are linked, as far as it is known. */
export function consequenceOf(fleet: Fleet, ends: PairEnds, known: KnownData): Consequence {
  const { supplier, consumer } = ends;
  const [mine, theirs] = [known.domainOf(supplier), known.domainOf(consumer)];
  const more = alsoReplaced(fleet, ends, known);
  const others =
    more.length === 0 ? '' : ` So ${more.length === 1 ? 'is' : 'are'} the data of ${listed(more)}.`;
  if (mine !== null && mine === theirs && more.length === 0)
    return {
      tone: 'good',
      title: `${supplier} and ${consumer} are in one domain already: nothing is erased.`,
      text: `The choice counts only if one of them has to be refreshed later: then it is ${consumer}, from ${supplier}.`,
    };
  if (mine === null || theirs === null)
    return {
      tone: 'warn',
      title: `If they are in different domains, ${consumer}’s database is replaced with ${supplier}’s.`,
      text: `Which domain ${listed([mine === null ? supplier : '', theirs === null ? consumer : ''].filter(Boolean))} is in is not known now. The review says whether anything is erased, and asks for its name first.`,
    };
  const held = known.summaryOf(consumer);
  const gone =
    held === null
      ? `Everyone and everything that exists only on ${consumer} is erased; read both databases to see how much that is.`
      : goneWords(held, consumer);
  return {
    tone: 'bad',
    title: `${consumer}’s database is replaced with ${supplier}’s.`,
    text: `${gone}${others} Nothing is merged: an account of the same name on ${supplier} is another account. The deploy takes a backup first, and asks you to type ${consumer}.`,
  };
}

function goneWords({ people, serviceAccounts, groups }: DatabaseSummary, id: string): string {
  const held = [
    people > 0 ? count(people, 'person', 'people') : '',
    serviceAccounts > 0 ? count(serviceAccounts, 'service account') : '',
    groups > 0 ? count(groups, 'group') : '',
  ].filter(Boolean);
  if (held.length === 0) return `${id} holds no people, service accounts or groups but Kanidm’s own.`;
  return `${listed(held)} of ${id} ${people + serviceAccounts + groups === 1 ? 'is' : 'are'} erased.`;
}

/** Servers beside the consumer that would be refreshed once the link is there, and would not without it. */
function alsoReplaced(fleet: Fleet, ends: PairEnds, known: KnownData): readonly string[] {
  const link: Link = { ...ends, automaticRefresh: false, supplierOrigin: null, consumerOrigin: null };
  const before = new Set(replacedIn(fleet, known));
  return replacedIn({ ...fleet, links: [...fleet.links, link] }, known).filter(
    (id) => id !== ends.consumer && !before.has(id),
  );
}

/** A server is refreshed when its domain is known to be another one than its primary's. */
function replacedIn(fleet: Fleet, known: KnownData): readonly string[] {
  const topology = readTopology(fleet);
  return topology.order.filter((id) => {
    const primary = topology.primaryOf(id);
    if (primary === null || primary === id) return false;
    const [own, wanted] = [known.domainOf(id), known.domainOf(primary)];
    return own !== null && wanted !== null && own !== wanted;
  });
}

/** `idm-a: 23 kB and idm-b: 20 kB`, by id; null: not known, which is said beside one that is. Empty: none is. */
export function sizesInWords(sizes: readonly (readonly [id: string, bytes: number | null])[]): string {
  const known = sizes.flatMap(([id, size]) => (size === null ? [] : [`${id}: ${bytesInWords(size)}`]));
  const unknown = sizes.flatMap(([id, size]) => (size === null ? [`${id}’s`] : []));
  if (known.length === 0) return '';
  return `${listed(known)}${unknown.length === 0 ? '' : `; the size of ${listed(unknown)} is not known`}`;
}
