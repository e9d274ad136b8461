import { fail, ok, type Fault, type Result } from '../../../../shared/result';
import type { LogItem, LogStart } from '../connection';
import { faultAt } from '../ssh/faults';
import { pause, Stopped } from '../ssh/limits';
import type { Container } from './container';
import { engineFault } from './faults';
import { LineCounter, type LogCursor, readCursor, sinceOf, writeCursor } from './log-cursor';
import { type LogReader, MultiplexedLog, TerminalLog } from './log-lines';

/** How long a stopped container is left alone before it is looked at again. Milliseconds. */
const LOOK_MS = 400;
const SECOND = 1_000_000_000n;
const DOING = 'reading the container’s log';

/** Where a reading starts: at a time, or right after a line. */
type From = { readonly since: bigint } | { readonly after: LogCursor };

/**
 * A container's log as lines in order. A followed log goes on through restarts of the container and of the engine, right
 * after the last line: nothing is missing and nothing comes twice; when that line is no longer kept, a `gap` says so. It
 * ends when the container is gone or another one has its name.
 * @param backoff milliseconds before each reconnect in a row; when they are used up, it gives up.
 */
export async function* readLogs(
  container: Container,
  start: LogStart,
  follow: boolean,
  backoff: readonly number[],
  outer: AbortSignal,
): AsyncGenerator<LogItem, void, undefined> {
  const signal = stopOn(outer);
  let from = fromOf(start);
  if (from === null) {
    yield { kind: 'gap', reason: 'Where the reading was to go on is not a place of this log.' };
    from = { since: 0n };
  }
  for (let failures = 0; ;) {
    const ended = yield* readOnce(container, from, follow, signal, (cursor) => {
      from = { after: cursor };
      failures = 0;
    });
    if (signal.aborted) return;
    if (!follow) {
      if (ended !== null) yield { kind: 'fault', fault: ended };
      return;
    }
    // A followed stream ends with the container's process: the next one is waited for.
    const awaited = ended ?? (await nextStart(container, signal));
    if (signal.aborted) return;
    if (awaited === null) continue;
    const wait = backoff[failures++];
    if (wait === undefined || !healing.has(awaited.code)) {
      yield { kind: 'fault', fault: awaited };
      return;
    }
    await pause(wait, signal);
    if (signal.aborted) return;
  }
}

/** Faults that may be over in a moment: the network, an engine that restarts. */
const healing = new Set([
  'engine-not-running',
  'connection-lost',
  'connection-refused',
  'connection-closed',
  'host-unreachable',
  'name-not-found',
  'timed-out',
]);

/** One stream from start to end. Null: it ended by itself; else why. */
async function* readOnce(
  container: Container,
  from: From,
  follow: boolean,
  signal: AbortSignal,
  reached: (cursor: LogCursor) => void,
): AsyncGenerator<LogItem, Fault | null, undefined> {
  let since = 'since' in from ? from.since : from.after.nanoseconds - SECOND;
  let skipping = 'after' in from ? from.after : null;
  if (skipping !== null) {
    const kept = await isKept(container, skipping, signal);
    if (!kept.ok) return kept.error;
    if (!kept.value) {
      yield { kind: 'gap', reason: 'The engine no longer keeps the last line that was read.' };
      since = skipping.nanoseconds + 1n;
      skipping = null;
    }
  }
  const counter = new LineCounter();
  const opened = await open(container, { since, until: null, follow }, signal);
  if (!opened.ok) return opened.error;
  const { stream, reader } = opened.value;
  try {
    for await (const chunk of stream) {
      const lines = reader.push(chunk as Buffer);
      if (lines === null) return unreadable(container);
      for (const { nanoseconds, text } of lines) {
        const cursor = counter.place(nanoseconds);
        if (skipping !== null) {
          if (same(cursor, skipping)) skipping = null;
          continue;
        }
        reached(cursor);
        yield {
          kind: 'line',
          source: 'kanidmd',
          cursor: writeCursor(cursor),
          at: Number(nanoseconds / 1000n),
          text,
        };
      }
    }
    return null;
  } catch (error) {
    return engineFault(container.at, error, DOING, signal);
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
  const opened = await open(container, window, signal);
  if (!opened.ok) return opened;
  const { stream, reader } = opened.value;
  const counter = new LineCounter();
  try {
    for await (const chunk of stream) {
      const lines = reader.push(chunk as Buffer);
      if (lines === null) return fail(unreadable(container));
      if (lines.some(({ nanoseconds }) => same(counter.place(nanoseconds), cursor))) return ok(true);
    }
    return ok(false);
  } catch (error) {
    return fail(engineFault(container.at, error, DOING, signal));
  } finally {
    stream.destroy();
  }
}

async function open(
  container: Container,
  {
    since,
    until,
    follow,
  }: { readonly since: bigint; readonly until: bigint | null; readonly follow: boolean },
  signal: AbortSignal,
) {
  const seen = await container.inspect(signal);
  if (!seen.ok) return seen;
  const stream = await container.stream(
    '/logs',
    {
      method: 'GET',
      query: {
        stdout: true,
        stderr: true,
        timestamps: true,
        follow,
        since: sinceOf(since),
        ...(until === null ? {} : { until: sinceOf(until) }),
      },
      doing: DOING,
      expected: ({ statusCode, message }) =>
        statusCode === 501 || /logging driver|does not support reading/i.test(message)
          ? driverKeepsNone(container, message)
          : null,
    },
    signal,
  );
  if (!stream.ok) return stream;
  const reader: LogReader = seen.value.Config.Tty ? new TerminalLog() : new MultiplexedLog();
  return ok({ stream: stream.value, reader });
}

/** Waits until the container's process runs again. Null: it does. */
async function nextStart(container: Container, signal: AbortSignal): Promise<Fault | null> {
  for (;;) {
    // Also before the first look: the process of a stream that just ended may still be said to run.
    await pause(LOOK_MS, signal);
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

const same = (a: LogCursor, b: LogCursor): boolean => a.nanoseconds === b.nanoseconds && a.count === b.count;

function stopOn(outer: AbortSignal): AbortSignal {
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
  return stop.signal;
}

const unreadable = (container: Container): Fault =>
  faultAt(
    container.at,
    'log-failed',
    'the engine’s log stream cannot be read',
    'Look at `docker logs` there.',
  );

const driverKeepsNone = (container: Container, message: string): Fault =>
  faultAt(
    container.at,
    'log-not-readable',
    `the logging driver of container ${container.name} keeps nothing that can be read back`,
    'Use the json-file, local or journald driver: without its log the server’s replication cannot be judged.',
    { detail: message },
  );
