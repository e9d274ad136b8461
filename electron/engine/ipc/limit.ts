import { monotonicNow } from '../base/time';

/** A time limit that stands still while a person is asked something: reading a fingerprint may take minutes. */
export interface Limit {
  pause(): void;
  resume(): void;
  stop(): void;
}

/**
 * Calls `reached` once after `ms` of running time.
 *
 * @param ms milliseconds, paused time not counted
 */
export function startLimit(ms: number, reached: () => void): Limit {
  let left = ms;
  let since = 0;
  let timer: NodeJS.Timeout | null = null;
  const hold = (): void => {
    if (timer === null) return;
    clearTimeout(timer);
    timer = null;
    left -= monotonicNow() - since;
  };
  const run = (): void => {
    if (timer !== null) return;
    since = monotonicNow();
    timer = setTimeout(reached, Math.max(0, left));
  };
  run();
  return { pause: hold, resume: run, stop: hold };
}
