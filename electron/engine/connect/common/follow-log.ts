import { cureOf } from '../../../../shared/base/cure';
import type { Fault } from '../../../../shared/base/result';
import type { LogItem, LogStart } from '../connection';
import { pause, Stopped } from './limits';

/** One reading of a log from its start to its end, in batches. It returns null where the log ended as it should, else why it ended. */
export type Reading = AsyncGenerator<readonly LogItem[], Fault | null, undefined>;
/** A log as `ServerConnection.logs` gives it. */
export type ReadLog = AsyncGenerator<readonly LogItem[], void, undefined>;

/** How a log is read. */
export interface FollowLog {
  readonly follow: boolean;
  readonly signal: AbortSignal;
  /** Milliseconds to wait before the first, second, … reconnect in a row; when they are used up, it gives up. */
  readonly backoff: readonly number[];
  /** Reads from `start` on. The signal aborts with a {@link Stopped}. */
  readonly readOnce: (start: LogStart, signal: AbortSignal) => Reading;
  /** Waits until a followed log that ended goes on; null: it does, else why not. Absent: the end is the end. */
  readonly untilMore?: (signal: AbortSignal) => Promise<Fault | null>;
  /** Codes of faults after which this log has no more lines, though time would cure them for a new reading. */
  readonly over?: ReadonlySet<string>;
}

/**
 * Reads a log and, where it is followed, goes on right after the last line whenever the reading breaks. A fault that a
 * retry cannot cure ends it at once (`shared/base/cure.ts`), the others when reconnecting has failed for long enough; the
 * fault is then the last item.
 */
export async function* followLog(from: LogStart, log: FollowLog): ReadLog {
  const { follow, signal, backoff, readOnce, untilMore, over } = log;
  const stop = stopWith(signal);
  const isOver = (): boolean => signal.aborted;
  let start = from;
  let failures = 0;
  try {
    for (;;) {
      const ended = yield* watched(readOnce(start, stop.signal), (cursor) => {
        start = { cursor };
        failures = 0;
      });
      if (isOver()) return;
      if (ended === null && (!follow || untilMore === undefined)) return;
      const fault = ended ?? (await untilMore?.(stop.signal)) ?? null;
      if (isOver()) return;
      if (fault === null) continue;
      const wait = backoff[failures++];
      if (!follow || wait === undefined || cureOf(fault.code) === 'person' || over?.has(fault.code)) {
        yield [{ kind: 'fault', fault }];
        return;
      }
      await pause(wait, signal);
      if (isOver()) return;
    }
  } finally {
    stop.end();
  }
}

/** Passes a reading on, and tells of the last line of a batch before it is passed. */
async function* watched(reading: Reading, reached: (cursor: string) => void): Reading {
  let over = false;
  try {
    for (;;) {
      const next = await reading.next();
      if (next.done === true) {
        over = true;
        return next.value;
      }
      const last = next.value.findLast((item) => item.kind === 'line');
      if (last !== undefined) reached(last.cursor);
      yield next.value;
    }
  } finally {
    if (!over) await reading.return(null);
  }
}

/** A signal whose reason is a fault, as every wait below the seam expects. */
function stopWith(outer: AbortSignal): { readonly signal: AbortSignal; readonly end: () => void } {
  const stop = new AbortController();
  const abort = () =>
    stop.abort(
      new Stopped({
        code: 'cancelled',
        message: 'Reading the log was stopped.',
        fix: 'Open it again.',
        where: {},
      }),
    );
  if (outer.aborted) abort();
  else outer.addEventListener('abort', abort, { once: true });
  return { signal: stop.signal, end: () => outer.removeEventListener('abort', abort) };
}
