/** A thing to time: does the work once. */
export type Work = () => Promise<unknown> | unknown;

/** What a set of runs took: milliseconds. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** How two works compare; ratios are of pairs run right after each other, ours by theirs. */
export interface Comparison {
  readonly ours: Spread;
  readonly theirs: Spread;
  readonly ratio: Spread;
}

/**
 * Times two works in turn, ours and theirs, in one run: a machine whose speed drifts slows both. One uncounted turn
 * warms up.
 *
 * @param runs pairs that are counted
 */
export async function compare(
  name: string,
  { ours, theirs, runs = 5 }: { ours: Work; theirs: Work; runs?: number },
): Promise<Comparison> {
  await ours();
  await theirs();
  const pairs: { ours: number; theirs: number }[] = [];
  for (let at = 0; at < runs; at++) pairs.push({ ours: await timed(ours), theirs: await timed(theirs) });
  const result = {
    ours: spread(pairs.map((pair) => pair.ours)),
    theirs: spread(pairs.map((pair) => pair.theirs)),
    ratio: spread(pairs.map((pair) => pair.ours / pair.theirs)),
  };
  report(
    `${name}: ratio ${words(result.ratio, 2)}; ours ${words(result.ours)} ms, theirs ${words(result.theirs)} ms; ${runs} pairs`,
  );
  return result;
}

/** Milliseconds a work takes. */
export async function timed(work: Work): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Least, middle and greatest of some figures. @throws if there is none */
export function spread(figures: readonly number[]): Spread {
  const sorted = [...figures].sort((a, b) => a - b);
  const [min, median, max] = [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)];
  if (min === undefined || median === undefined || max === undefined) throw new Error('nothing was timed');
  return { min, median, max };
}

/** Prints a line of a bench's result, past any test reporter. */
export function report(line: string): void {
  process.stdout.write(`bench ${line}\n`);
}

/** `median (min to max)`. */
export function words({ min, median, max }: Spread, digits = 1): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)} to ${max.toFixed(digits)})`;
}
