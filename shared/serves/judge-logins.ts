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

/**
 * Judges the logins of a pull by the sessions that crossed it, both ways. One refusal is broken, whatever the other way
 * says; good needs both, and is as old as the older of them.
 * @param at ISO 8601: when the look ended.
 */
export function judgeLogins(
  { consumer, supplier }: { readonly consumer: string; readonly supplier: string },
  crossings: readonly Crossing[],
  servers: readonly ServerServes[],
  at: string,
): PullLogins {
  const say = (state: PullLogins['state'], cause: string, fix = '', since = at): PullLogins => ({
    ...{ consumer, supplier, state, cause, fix, at: since },
  });
  const ways = [
    [supplier, consumer],
    [consumer, supplier],
  ] as const;
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
      `A session made on ${supplier} is good on ${consumer}, and the other way round.`,
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
