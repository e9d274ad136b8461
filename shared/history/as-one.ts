/** A stretch of time, milliseconds since the epoch. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** The least that a look lasted, in milliseconds: one that was followed by none still saw something. */
const A_MOMENT = 1;

/**
 * What several watches saw of one thing, as one story: in order, none over another. Where they differ the gravest counts,
 * so that nothing looks better than somebody saw it.
 * @param gravity of what was seen; the lowest is the gravest. @param same whether two are told as one stretch
 */
export function asOne<T extends Span>(
  seen: readonly T[],
  gravity: (one: T) => number,
  same: (one: T, other: T) => boolean,
): readonly T[] {
  const waiting = [...seen]
    .sort(byBegin)
    .map((one) => ({ ...one, to: Math.max(one.to, one.from + A_MOMENT) }));
  const edges = [...new Set(waiting.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  const told: T[] = [];
  let next = 0;
  let open: T[] = [];
  for (const [n, from] of edges.entries()) {
    const to = edges[n + 1];
    open = open.filter((one) => one.to > from);
    for (let one = waiting[next]; one !== undefined && one.from <= from; one = waiting[(next += 1)])
      open.push(one);
    const [first, ...others] = open;
    if (first === undefined || to === undefined) continue;
    const worst = others.reduce((one, other) => (gravity(other) < gravity(one) ? other : one), first);
    const last = told.at(-1);
    if (last?.to === from && same(last, worst)) told[told.length - 1] = { ...last, to };
    else told.push({ ...worst, from, to });
  }
  return told;
}

/** When anybody watched, in order: stretches that touch or lie over each other are one. */
export const watchedIn = (seen: readonly Span[]): readonly Span[] =>
  asOne(
    seen.map(({ from, to }) => ({ from, to })),
    () => 0,
    () => true,
  );

const byBegin = (a: Span, b: Span): number => a.from - b.from;
