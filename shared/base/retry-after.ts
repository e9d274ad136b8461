const FIRST = 3_000;
const LONGEST = 120_000;

/**
 * How long to wait before something that failed is tried again, in milliseconds: 3 s, doubling up to 2 minutes, less a
 * random part of up to a quarter, so that many servers that went down together are not all dialled in one moment.
 * @param failures how often in a row it has failed; 1 or more.
 * @param random from 0 to 1.
 */
export const retryAfter = (failures: number, random: number): number =>
  Math.min(LONGEST, FIRST * 2 ** Math.min(failures - 1, 16)) * (1 - random / 4);
