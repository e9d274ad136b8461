import { elapsed, type Moment } from '../../../shared/base/moment';
import type { HostFacts } from '../../../shared/observed/observed';
import type { Call } from './call';

/** The one place that keeps time in the engine (a lint rule holds it). Tests hold it still. */
export interface Clock {
  /**
   * Milliseconds since the epoch, as this computer believes: for what a person reads and what is written down. Never
   * for a duration: it may be set at any moment.
   */
  now(): number;
  /** Milliseconds that only run forward: for durations, limits and ages. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** See `Clock.now`. */
export const wallNow = (): number => Date.now();

/** See `Clock.monotonic`. */
export const monotonicNow = (): number => performance.now();

export const systemClock: Clock = {
  now: wallNow,
  monotonic: monotonicNow,
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done, { once: true });
    }),
};

/** This moment by both clocks. */
export const momentOf = (clock: Clock): Moment => ({ wall: clock.now(), monotonic: clock.monotonic() });

/**
 * What a server's clock shows now: what it showed when it was read, and the time since by our monotonic clock. Setting
 * this computer's clock changes nothing. Milliseconds since the epoch.
 * @param facts of the server; without a reading of its clock, ours stands in for it.
 */
export function serverTime(
  facts: Pick<HostFacts, 'clockOffsetMs' | 'clockReadAt'> | null,
  clock: Clock,
): number {
  const offset = facts?.clockOffsetMs ?? 0;
  const read = facts?.clockReadAt;
  if (read === undefined) return clock.now() + offset;
  return Math.round(read.wall + offset + elapsed(read, momentOf(clock)));
}

/** A call that nobody cancels: for effects that must be finished or undone once begun. */
export const uncancelled = (timeoutMs: number): Call => ({ signal: new AbortController().signal, timeoutMs });

/** After a rest this much longer than asked for, the computer slept. It counts as the rest that was meant. Milliseconds. */
const OVERSLEPT = 2000;

/**
 * Tries until `attempt` gives a value, the limit passes (then `last` is what it gave at the end), or the signal aborts.
 * Time that the computer sleeps through counts for nothing, so that it does not wake up to a limit that has passed.
 */
export async function until<T, L>(
  clock: Clock,
  limit: { readonly timeoutMs: number; readonly signal: AbortSignal; readonly everyMs: number },
  attempt: () => Promise<
    { readonly done: true; readonly value: T } | { readonly done: false; readonly last: L }
  >,
): Promise<{ readonly done: true; readonly value: T } | { readonly done: false; readonly last: L }> {
  let end = clock.monotonic() + limit.timeoutMs;
  for (;;) {
    const outcome = await attempt();
    if (outcome.done || clock.monotonic() >= end || limit.signal.aborted) return outcome;
    const before = clock.monotonic();
    await clock.sleep(limit.everyMs, limit.signal);
    const over = clock.monotonic() - before - limit.everyMs;
    if (over > OVERSLEPT) end += over;
  }
}
