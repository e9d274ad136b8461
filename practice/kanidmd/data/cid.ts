/** A moment as Kanidm writes durations since 1970. */
export interface Moment {
  secs: number;
  nanos: number;
}

/** Change identifier: which server changed something, and when. */
export interface Cid {
  s: string;
  t: Moment;
}

/** How far each server's changes are known, by server uuid: the replication update vector. */
export type Ruv = Record<string, Moment>;

/** @returns below 0, 0 or above 0, as for sorting. */
export function compareMoments(a: Moment, b: Moment): number {
  return a.secs - b.secs || a.nanos - b.nanos;
}

/** @returns the later change; at the same moment the higher server uuid wins, on every server alike. */
export function laterCid(a: Cid, b: Cid): Cid {
  const order = compareMoments(a.t, b.t);
  if (order !== 0) return order > 0 ? a : b;
  return a.s >= b.s ? a : b;
}

/** The moment of `date`, or a nanosecond after `newest` if the clock stands still or went back. */
export function momentAfter(date: Date, newest: Moment): Moment {
  const ms = date.getTime();
  const moment = { secs: Math.floor(ms / 1000), nanos: (ms % 1000) * 1_000_000 };
  if (compareMoments(moment, newest) > 0) return moment;
  return newest.nanos === 999_999_999
    ? { secs: newest.secs + 1, nanos: 0 }
    : { secs: newest.secs, nanos: newest.nanos + 1 };
}

/** Every server's later moment of the two vectors. */
export function mergeRuv(mine: Ruv, theirs: Ruv): Ruv {
  const merged: Ruv = { ...mine };
  for (const [server, moment] of Object.entries(theirs)) {
    const known = merged[server];
    if (!known || compareMoments(moment, known) > 0) merged[server] = moment;
  }
  return merged;
}

/** Whether `known` already covers the change. */
export function covers(known: Ruv, cid: Cid): boolean {
  const moment = known[cid.s];
  return moment !== undefined && compareMoments(cid.t, moment) <= 0;
}

/** Every change identifier that is known, in order, by server uuid: kanidmd keeps each for a week, whatever it changed. */
export type KnownChanges = Record<string, Moment[]>;

/** The oldest change of each server that is still kept. */
export function oldestOf(known: KnownChanges): Ruv {
  return Object.fromEntries(
    Object.entries(known).flatMap(([server, [first]]): [string, Moment][] =>
      first ? [[server, first]] : [],
    ),
  );
}

/**
 * Whether somebody whose vector is `ruv` is too far behind to catch up: of a server that both know, the other side keeps
 * nothing any more from before its own newest change (source 1.10.5).
 * @param oldest what the other side keeps.
 */
export const isBehind = (ruv: Ruv, oldest: Ruv): boolean =>
  Object.entries(oldest).some(([server, first]) => {
    const newest = ruv[server];
    return newest !== undefined && compareMoments(first, newest) > 0;
  });

/** The moments of both, each once and in order. */
export function withMoments(mine: readonly Moment[], more: readonly Moment[]): Moment[] {
  const all = [...mine, ...more].sort(compareMoments);
  return all.filter((it, index) => index === 0 || compareMoments(it, all[index - 1] ?? it) !== 0);
}

/**
 * What a consumer knows after a supplier's answer. Of a server of which it knows as much it takes nothing, so that changes
 * which it had made itself and lost with an older file do not come back (source 1.10.5).
 * @param known how far the consumer's own vector goes.
 */
export function withChanges(mine: KnownChanges, theirs: KnownChanges, known: Ruv): KnownChanges {
  const more = Object.entries(theirs).flatMap(([server, moments]): [string, Moment[]][] => {
    const fresh = moments.filter((t) => !covers(known, { s: server, t }));
    return fresh.length === 0 ? [] : [[server, withMoments(mine[server] ?? [], fresh)]];
  });
  return { ...mine, ...Object.fromEntries(more) };
}
