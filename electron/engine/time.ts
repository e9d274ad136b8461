import type { Call } from './connect/connection';

/** The one place that keeps time. Tests hold it still. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
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

/** A call that nobody cancels: for effects that must be finished or undone once begun. */
export const uncancelled = (timeoutMs: number): Call => ({ signal: new AbortController().signal, timeoutMs });

/** Tries until `attempt` gives a value, the limit passes (then `last` is what it gave at the end), or the signal aborts. */
export async function until<T, L>(
  clock: Clock,
  limit: { readonly timeoutMs: number; readonly signal: AbortSignal; readonly everyMs: number },
  attempt: () => Promise<
    { readonly done: true; readonly value: T } | { readonly done: false; readonly last: L }
  >,
): Promise<{ readonly done: true; readonly value: T } | { readonly done: false; readonly last: L }> {
  const end = clock.now() + limit.timeoutMs;
  for (;;) {
    const outcome = await attempt();
    if (outcome.done || clock.now() >= end || limit.signal.aborted) return outcome;
    await clock.sleep(limit.everyMs, limit.signal);
  }
}
