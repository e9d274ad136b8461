import { setMaxListeners } from 'node:events';
import { fail, type Fault, type Result } from '../../../../shared/base/result';
import type { Call } from '../../base/call';
import { cancelledAt } from '../../base/limited';
import { type ServerPlace, faultAt } from './faults';

/** The reason of every abort signal below the seam: the fault the waiting call ends with. */
export class Stopped {
  constructor(readonly fault: Fault) {}
}

/**
 * Runs `work` under the call's limit. The signal it gets aborts with a {@link Stopped} when the time is over
 * (`timed-out`) or the caller cancels (`cancelled`); every wait inside listens to it, so that clean-up can still run.
 * @param doing what was going on, for the message: `reading /etc/kanidm/server.toml`.
 */
export async function within<T>(
  call: Call,
  where: ServerPlace,
  doing: string,
  work: (signal: AbortSignal) => Promise<Result<T>>,
): Promise<Result<T>> {
  const limit = new AbortController();
  // Many reads may wait on it at once.
  setMaxListeners(0, limit.signal);
  const cancel = () => limit.abort(new Stopped(cancelled(where, doing)));
  if (call.signal.aborted) return fail(cancelled(where, doing));
  const timer = setTimeout(
    () => limit.abort(new Stopped(timedOut(where, doing, call.timeoutMs))),
    call.timeoutMs,
  );
  call.signal.addEventListener('abort', cancel, { once: true });
  try {
    return await work(limit.signal);
  } finally {
    clearTimeout(timer);
    call.signal.removeEventListener('abort', cancel);
  }
}

/**
 * One wait: ends by `done` or by the first of the signals, whichever comes first. What `start` returns is called when a
 * signal ended it, to stop what was started.
 */
export function settle<T>(
  signals: readonly AbortSignal[],
  start: (done: (result: Result<T>) => void) => (() => void) | undefined,
): Promise<Result<T>> {
  const over = signals.find((signal) => signal.aborted);
  if (over) return Promise.resolve(fail(stopFault(over)));
  return new Promise((resolve) => {
    let stop: (() => void) | undefined = undefined;
    let settled = false;
    const listeners = signals.map((signal) => {
      const listener = () => {
        if (settled) return;
        finish(fail(stopFault(signal)));
        stop?.();
      };
      signal.addEventListener('abort', listener, { once: true });
      return () => signal.removeEventListener('abort', listener);
    });
    const finish = (result: Result<T>) => {
      if (settled) return;
      settled = true;
      listeners.forEach((remove) => remove());
      resolve(result);
    };
    stop = start(finish);
  });
}

/** The fault an aborted signal carries. */
export function stopFault(signal: AbortSignal): Fault {
  const reason: unknown = signal.reason;
  if (reason instanceof Stopped) return reason.fault;
  return cancelledAt({});
}

/** Waits, or ends early when the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** Time to take away what was begun, when the call itself has none any more. */
export const cleanUpTime = (): AbortSignal => AbortSignal.timeout(CLEAN_UP_MS);
const CLEAN_UP_MS = 5_000;

/** The fault `timed-out`, after `ms` milliseconds of what was being done. */
export const timedOut = (where: ServerPlace, doing: string, ms: number): Fault =>
  faultAt(
    where,
    'timed-out',
    `no answer within ${ms / 1000} s while ${doing}`,
    'Check that the server is up and not overloaded, then try again.',
  );

/** The fault `cancelled`, of what was being done. */
export const cancelled = (where: ServerPlace, doing: string): Fault =>
  faultAt(where, 'cancelled', `cancelled while ${doing}`, 'Start it again when you want it.');
