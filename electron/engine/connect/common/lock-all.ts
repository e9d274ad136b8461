import { fail, type Fault, ok, type Result } from '../../../../shared/base/result';
import { cleanUpTime } from './limits';

/** A lock that was taken, each call under a signal of its own. */
export interface HeldLock {
  check(signal: AbortSignal): Promise<Result<void>>;
  release(signal: AbortSignal): Promise<Result<void>>;
}

/**
 * Locks something under every name that it may be known by, in an order that is the same for everybody who sees these names:
 * two who know it by different ones meet at one of them. It is held as long as each is; where one cannot be had, those
 * before it are given back.
 */
export async function lockAll(
  names: readonly string[],
  take: (name: string) => Promise<Result<HeldLock>>,
): Promise<Result<HeldLock>> {
  const held: HeldLock[] = [];
  for (const name of names) {
    const taken = await take(name);
    if (!taken.ok) {
      await releaseAll(held, cleanUpTime());
      return taken;
    }
    held.push(taken.value);
  }
  return ok({
    check: async (signal) => {
      for (const lock of held) {
        const still = await lock.check(signal);
        if (!still.ok) return still;
      }
      return ok(undefined);
    },
    release: (signal) => releaseAll(held, signal),
  });
}

/** The one that was taken first goes last: whoever waits for it finds the others free. */
async function releaseAll(held: readonly HeldLock[], signal: AbortSignal): Promise<Result<void>> {
  let first: Fault | null = null;
  for (const lock of [...held].reverse()) {
    const released = await lock.release(signal);
    if (!released.ok) first ??= released.error;
  }
  return first === null ? ok(undefined) : fail(first);
}
