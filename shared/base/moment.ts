/**
 * One moment, told by both clocks of a computer. Only the second is fit for durations: the first is set by people, by
 * NTP and by a machine that wakes up.
 */
export interface Moment {
  /** Milliseconds since the epoch, as the computer believes. */
  readonly wall: number;
  /** Milliseconds of a clock that only runs forward; on some systems it stands still while the computer sleeps. */
  readonly monotonic: number;
}

/** The two clocks run apart by this much only if one was set or the computer slept. Milliseconds. */
const LARGEST_DRIFT = 2000;

/** Milliseconds from one moment to a later one, whatever was done to the clock on the wall meanwhile. */
export const elapsed = (from: Moment, to: Moment): number => to.monotonic - from.monotonic;

/**
 * Was a clock set, or did the computer sleep, between two moments? Then nobody knows how long that was, and whatever
 * was proved by its age must be proved again.
 */
export const jumped = (from: Moment, to: Moment): boolean =>
  Math.abs(to.wall - from.wall - elapsed(from, to)) > LARGEST_DRIFT;
