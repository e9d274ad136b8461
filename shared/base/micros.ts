/**
 * ISO 8601, UTC, to the millisecond.
 * @param micros since the epoch, as lines of a log have their time.
 */
export const isoOfMicros = (micros: number): string => new Date(micros / 1000).toISOString();
