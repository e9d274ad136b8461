import type { ServerId } from '../../base/names';

/** Two servers whose data is compared. Which stands first means nothing. */
export type Pair = readonly [ServerId, ServerId];

/** The same for both orders. */
export const pairKey = (pair: readonly [string, string]): string => [...pair].sort().join(' ');

/** Each pair once; of those that are the same the last. */
export const distinctPairs = (pairs: readonly Pair[]): readonly Pair[] => [
  ...new Map(pairs.map((pair) => [pairKey(pair), pair])).values(),
];
