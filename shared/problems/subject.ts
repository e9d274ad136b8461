import type { Problem } from '../base/problem';

/** What a problem is about: what a click on it selects. */
export type Subject =
  | { readonly kind: 'fleet' }
  | { readonly kind: 'server'; readonly server: string }
  /** The two ends of a link, in no order. */
  | { readonly kind: 'link'; readonly ends: readonly [string, string] };

/** What a problem is about: the one link it names, else the server, else the fleet. */
export function subjectOf({ server, links, where }: Problem): Subject {
  const only = where.link ?? (links?.length === 1 ? links[0] : undefined);
  const ends = only === undefined ? null : endsOf(only);
  if (ends !== null) return { kind: 'link', ends };
  const id = server ?? where.server;
  return id === undefined ? { kind: 'fleet' } : { kind: 'server', server: id };
}

/** Every server a problem names. */
export function serversOf({ server, servers = [], links = [], where }: Problem): ReadonlySet<string> {
  const named = [...links, ...(where.link === undefined ? [] : [where.link])];
  const all = [server, where.server, ...servers, ...named.flatMap((link) => endsOf(link) ?? [])];
  return new Set(all.filter((it) => typeof it === 'string'));
}

/** The ends of `idm-a → idm-b` or `idm-b ← idm-a`; null: it is neither. */
export function endsOf(link: string): readonly [string, string] | null {
  const [a, b, ...more] = link.split(/ [→←] /);
  return a === undefined || b === undefined || more.length > 0 ? null : [a, b];
}

/** Whether two problems are about the same pair of servers. */
export function samePair(a: Subject, b: Subject): boolean {
  if (a.kind !== 'link' || b.kind !== 'link') return false;
  return [...a.ends].sort().join(' ') === [...b.ends].sort().join(' ');
}
