import { fail, ok, type Fault, type Result } from '../../../../../shared/base/result';
import type { LogItem, LogStart } from '../../connection';
import { followLog, type Reading, type ReadLog } from '../../common/follow-log';
import { pause, within } from '../../common/limits';
import type { Container } from '../api/container';
import { dockerFault, speaksOtherwise } from '../api/faults';
import { LineCounter, type LogCursor, readCursor, writeCursor } from './log-cursor';
import { DOING, openLog, SILENCE_MS, withoutSilence } from './open-log';

/** How long a stopped container is left alone before it is looked at again: at first, and when it stays so. Milliseconds. */
const LOOK_MS = 400;
const LOOK_LATER_MS = 2_000;
const LOOKS_AT_FIRST = 25;
const SECOND = 1_000_000_000n;

/** Where a reading starts: at a time, or right after a line. */
type From = { readonly since: bigint } | { readonly after: LogCursor };

/**
 * A container's log as lines in order. A followed log goes on through restarts of the container and of the engine, right
 * after the last line: nothing is missing and nothing comes twice. When that line is no longer kept, a `gap` says so. It
 * ends when the container is gone or another one has its name.
 * @param backoff milliseconds before each reconnect in a row; when they are used up, it gives up.
 */
export function readLogs(
  container: Container,
  start: LogStart,
  follow: boolean,
  backoff: readonly number[],
  signal: AbortSignal,
): ReadLog {
  return followLog(start, {
    follow,
    signal,
    backoff,
    readOnce: (from, stop) => readOnce(container, from, follow, stop),
    // A followed stream ends with the container's process: the next one is waited for.
    untilMore: (stop) => nextStart(container, stop),
    over: OTHER_CONTAINER,
  });
}

/** Another container's log is not this one's. */
const OTHER_CONTAINER: ReadonlySet<string> = new Set(['no-such-container', 'container-recreated']);

/** One stream from start to end. Null: it ended by itself; else why. */
async function* readOnce(
  container: Container,
  start: LogStart,
  follow: boolean,
  signal: AbortSignal,
): Reading {
  let from = fromOf(start);
  if (from === null) {
    yield [{ kind: 'gap', reason: 'Where the reading was to go on is not a place of this log.' }];
    from = { since: 0n };
  }
  let since = 'since' in from ? from.since : from.after.nanoseconds - SECOND;
  let skipping = 'after' in from ? writeCursor(from.after) : null;
  if ('after' in from) {
    const place = from.after;
    const limit = { signal, timeoutMs: SILENCE_MS };
    const kept = await within(limit, container.where, DOING, (end) => isKept(container, place, end));
    if (!kept.ok) return kept.error;
    if (!kept.value) {
      yield [{ kind: 'gap', reason: 'The engine no longer keeps the last line that was read.' }];
      since = place.nanoseconds + 1n;
      skipping = null;
    }
  }
  const counter = new LineCounter();
  const opened = await openLog(container, { since, until: null, follow }, signal);
  if (!opened.ok) return opened.error;
  const { stream, reader } = opened.value;
  try {
    for await (const chunk of follow ? stream : withoutSilence(stream, container)) {
      const lines = reader.push(chunk as Buffer);
      if (lines === null) return speaksOtherwise(container.where, DOING, 'it is no log of a container');
      const items: LogItem[] = [];
      for (const line of lines) {
        const item = counter.place(line);
        if (skipping === null) items.push(item);
        else if (item.cursor === skipping) skipping = null;
      }
      if (items.length > 0) yield items;
    }
    return reader.mayEnd ? null : speaksOtherwise(container.where, DOING, 'it ends within a message');
  } catch (error) {
    return dockerFault(container.where, error, DOING, signal);
  } finally {
    stream.destroy();
  }
}

/** Whether a line is still in the log: it is looked for among those of its time, a second either way. */
async function isKept(
  container: Container,
  cursor: LogCursor,
  signal: AbortSignal,
): Promise<Result<boolean>> {
  const window = { since: cursor.nanoseconds - SECOND, until: cursor.nanoseconds + SECOND, follow: false };
  const opened = await openLog(container, window, signal);
  if (!opened.ok) return opened;
  const { stream, reader } = opened.value;
  const counter = new LineCounter();
  const wanted = writeCursor(cursor);
  try {
    for await (const chunk of stream) {
      const lines = reader.push(chunk as Buffer);
      if (lines === null) return fail(speaksOtherwise(container.where, DOING, 'it is no log of a container'));
      if (lines.some((line) => counter.place(line).cursor === wanted)) return ok(true);
    }
    return ok(false);
  } catch (error) {
    return fail(dockerFault(container.where, error, DOING, signal));
  } finally {
    stream.destroy();
  }
}

/** Waits until the container's process runs again. Null: it does. */
async function nextStart(container: Container, signal: AbortSignal): Promise<Fault | null> {
  for (let looks = 0; ; looks++) {
    // Also before the first look: the process of a stream that just ended may still be said to run.
    await pause(looks < LOOKS_AT_FIRST ? LOOK_MS : LOOK_LATER_MS, signal);
    const seen = await container.inspect(signal);
    if (!seen.ok) return seen.error;
    if (seen.value.State.Running && !seen.value.State.Restarting) return null;
  }
}

function fromOf(start: LogStart): From | null {
  if ('since' in start) return { since: BigInt(Math.floor(start.since)) * 1_000_000n };
  const cursor = readCursor(start.cursor);
  return cursor === null ? null : { after: cursor };
}
