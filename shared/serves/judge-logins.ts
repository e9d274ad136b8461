import type { PullLogins, ServerServes } from './serves';

/** What a server said of a session that another one made. */
export type Verdict =
  | { readonly kind: 'good' }
  /** 401, for as long as a session takes to travel. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'not-asked'; readonly why: string };

/** A session made on one server and shown to another. */
export interface Crossing {
  readonly madeOn: string;
  readonly shownTo: string;
  readonly verdict: Verdict;
  /** ISO 8601: when that was said. */
  readonly at: string;
}

/** From the server that makes a session to the one that must take it. */
export type Way<Id extends string = string> = readonly [madeOn: Id, shownTo: Id];
interface Ends<Id extends string> {
  readonly consumer: Id;
  readonly supplier: Id;
}

/** Whether changes of one server reach another, by whichever pulls. */
export type Reaches = (from: string, to: string) => boolean;

/** @param pulls every pull that runs */
export function reachesBy(pulls: readonly Ends<string>[]): Reaches {
  const consumers = new Map<string, string[]>();
  for (const { consumer, supplier } of pulls)
    consumers.set(supplier, [...(consumers.get(supplier) ?? []), consumer]);
  const reached = new Map<string, ReadonlySet<string>>();
  const from = (id: string): ReadonlySet<string> => {
    const all = new Set([id]);
    // A set that grows while it is walked is walked to its end.
    for (const it of all) for (const consumer of consumers.get(it) ?? []) all.add(consumer);
    reached.set(id, all);
    return all;
  };
  return (id, to) => (reached.get(id) ?? from(id)).has(to);
}

/**
 * The ways on which a session must be good: the way of a pull's changes, and back where those of its consumer reach its
 * supplier. A consumer whose changes go nowhere may sign with a key that nobody else ever gets (`kanidm.md`, "Logins").
 */
export function waysOf<Id extends string>(
  { consumer, supplier }: Ends<Id>,
  reaches: Reaches,
): readonly Way<Id>[] {
  const there = [supplier, consumer] as const;
  return reaches(consumer, supplier) ? [there, [consumer, supplier]] : [there];
}

/**
 * Judges the logins of a pull by the sessions that crossed it. One refusal is broken, whatever the other way says; good
 * needs every way, and is as old as the oldest of them.
 * @param ways see `waysOf`.
 * @param at ISO 8601: when the look ended.
 */
export function judgeLogins(
  { consumer, supplier }: Ends<string>,
  ways: readonly Way[],
  crossings: readonly Crossing[],
  servers: readonly ServerServes[],
  at: string,
): PullLogins {
  const say = (state: PullLogins['state'], cause: string, fix = '', since = at): PullLogins => ({
    ...{ consumer, supplier, state, cause, fix, at: since },
  });
  const found = ways.map(([from, to]) => crossings.find((it) => it.madeOn === from && it.shownTo === to));
  const refused = found.find((it) => it?.verdict.kind === 'refused');
  if (refused !== undefined)
    return say(
      'broken',
      `A session made on ${refused.madeOn} is refused by ${refused.shownTo}.`,
      'Compare their data and read both logs: who logs in at one is a stranger at the other.',
    );
  if (found.every((it) => it?.verdict.kind === 'good'))
    return say(
      'good',
      `A session made on ${supplier} is good on ${consumer}${
        ways.length > 1
          ? ', and the other way round.'
          : `. One of ${consumer} need not be good on ${supplier}, which no change of ${consumer} reaches.`
      }`,
      '',
      found.flatMap((it) => it?.at ?? []).sort()[0],
    );
  const silent = ways.flat().find((id) => servers.find((it) => it.server === id)?.state !== 'serves');
  const why = found.flatMap((it) => (it?.verdict.kind === 'not-asked' ? [it.verdict.why] : []))[0];
  return say(
    'unknown',
    why ?? `No session could be tried: ${silent ?? consumer} does not serve as far as is known.`,
  );
}
