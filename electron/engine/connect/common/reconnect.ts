/** Milliseconds before each reconnect of a followed log in a row: about five minutes in all. */
export const RECONNECT_MS: readonly number[] = [
  500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 30_000, 60_000, 60_000, 60_000,
];
