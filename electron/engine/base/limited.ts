import { fail, type Fault, type Place, type Result } from '../../../shared/base/result';
import type { Call } from './call';
import { withinLimit } from './signals';

/**
 * One wait, which ends with the call or its limit; what `start` returns stops what was begun.
 * @param late what to say when the limit has passed: what was waited for, and where to look.
 * @returns what was settled, `late`, or fault `cancelled` at the same place.
 */
export function limited<T>(
  call: Call,
  late: Fault,
  start: (settle: (result: Result<T>) => void) => () => void,
): Promise<Result<T>> {
  return withinLimit(
    call,
    (over) =>
      new Promise((resolve) => {
        const end = (): void => {
          stop();
          resolve(fail(call.signal.aborted ? cancelledAt(late.where) : late));
        };
        const stop = start((result) => {
          over.removeEventListener('abort', end);
          resolve(result);
        });
        if (over.aborted) end();
        else over.addEventListener('abort', end, { once: true });
      }),
  );
}

/** A call that its caller ended, where nothing more is to be said of it. */
export const cancelledAt = (where: Place): Fault => ({
  ...{ code: 'cancelled', message: 'Cancelled.', fix: 'Start it again when you want it.', where },
});
