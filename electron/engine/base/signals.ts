import { setMaxListeners } from 'node:events';
import type { Call } from './call';

/** A controller that its parent aborts too, until it is released. */
export interface Child {
  readonly signal: AbortSignal;
  abort(): void;
  /** Leaves the parent: nothing of it stays there. Call it when the work is over. */
  release(): void;
}

/**
 * A signal that aborts with its parent or by itself. Unlike `AbortSignal.any` it leaves nothing behind at a parent that
 * lives for days.
 */
export function childOf(parent: AbortSignal): Child {
  const own = new AbortController();
  // Every server of a fleet, and every call to it, may wait on it at once.
  setMaxListeners(0, own.signal);
  const follow = (): void => own.abort(parent.reason);
  if (parent.aborted) follow();
  else parent.addEventListener('abort', follow, { once: true });
  return {
    signal: own.signal,
    abort: () => own.abort(),
    release: () => parent.removeEventListener('abort', follow),
  };
}

/** Runs `work` under a signal that aborts with the call or when its limit has passed. */
export async function withinLimit<T>(call: Call, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const child = childOf(call.signal);
  const timer = setTimeout(child.abort, call.timeoutMs);
  try {
    return await work(child.signal);
  } finally {
    clearTimeout(timer);
    child.release();
  }
}
