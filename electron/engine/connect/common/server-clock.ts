import { ok, type Result } from '../../../../shared/base/result';
import { monotonicNow, wallNow } from '../../base/time';

/** 200 years: a machine without a battery may believe it is 1970, and none is further off. Milliseconds. */
const FURTHEST = 6.3e12;

/**
 * What a server says its clock shows, or how far that is from ours, both in milliseconds; null: no clock shows that. A server
 * may say any number, and ages and dates of others are reckoned with it: beyond 8.64e15 there is no date (ECMA-262, 21.4.1.1).
 * @param oursMs what this computer's clock shows.
 */
export const believedTime = (timeMs: number, oursMs: number): number | null =>
  Math.abs(timeMs - oursMs) <= FURTHEST ? timeMs : null;

const READINGS = 3;

/**
 * A server's clock minus ours, half the round trip taken off; of a few readings the quickest counts, for the error is at
 * most half of its round trip.
 * @param read the server's clock in milliseconds since the epoch; null: it does not tell.
 * @returns milliseconds; null where the server does not tell.
 */
export async function clockOffset(
  read: () => Promise<Result<number | null>>,
): Promise<Result<number | null>> {
  let best: { readonly roundTrip: number; readonly offset: number } | null = null;
  for (let reading = 0; reading < READINGS; reading++) {
    const asked = wallNow();
    const began = monotonicNow();
    const time = await read();
    if (!time.ok) return time;
    const roundTrip = monotonicNow() - began;
    if (time.value === null) return ok(null);
    if (best === null || roundTrip < best.roundTrip)
      best = { roundTrip, offset: Math.round(time.value - asked - roundTrip / 2) };
  }
  return ok(best?.offset ?? null);
}
