import type { LogLineView } from '../../../shared/ipc';
import { type Result, ok } from '../../../shared/base/result';
import { childOf } from '../base/signals';
import { lackingKey } from '../../../shared/ipc/log-remark';
import type { Clock } from '../base/time';
import { BoundedQueue } from '../base/bounded-queue';
import { merged } from './merged';
import type { Naming } from './naming';
import { type LoggedServer, linesOf } from './server-log';

/** How long lines wait for earlier ones of other servers before they are told, in milliseconds. */
const MERGE_WINDOW = 250;

/**
 * The log lines of several servers as one, by time on our clock. Without `follow` all lines are in order; with it, lines
 * are sorted within a short window, so that a stream stays live. A stream that fails says so and the others go on; with
 * `follow` it is read again, unless only a person can help. One that comes faster than it is read loses its oldest lines,
 * and that is said.
 */
export async function* fleetLogs(
  servers: readonly LoggedServer[],
  naming: Naming,
  options: { readonly follow: boolean; readonly sinceMs: number },
  clock: Clock,
  signal: AbortSignal,
): AsyncIterable<readonly Result<LogLineView>[]> {
  const ends = childOf(signal);
  const logs = servers.map((server) => linesOf({ ...options, server, naming, clock, signal: ends.signal }));
  try {
    if (options.follow) yield* asTheyCome(logs, clock, ends.signal);
    else yield* merged(logs, timeOf);
  } finally {
    ends.abort();
    ends.release();
  }
}

async function* asTheyCome(
  logs: readonly AsyncIterable<readonly Result<LogLineView>[]>[],
  clock: Clock,
  signal: AbortSignal,
): AsyncIterable<readonly Result<LogLineView>[]> {
  const channel = new BoundedQueue<Result<LogLineView>>();
  const readers = logs.map(async (log) => {
    for await (const lines of log) {
      if (signal.aborted) return;
      for (const line of lines) channel.push(line);
    }
  });
  void Promise.allSettled(readers).then(() => channel.close());
  for await (const batch of channel) {
    const dropped = channel.takeDropped();
    if (dropped > 0) yield [ok(tooFast(dropped, clock))];
    yield batch.sort(byTime);
    await clock.sleep(MERGE_WINDOW, signal);
  }
}

const tooFast = (dropped: number, clock: Clock): LogLineView => ({
  key: lackingKey(clock.now()),
  at: clock.now() * 1000,
  offset: 0,
  server: '',
  ...{ group: null, bootstrap: null },
  level: 'warn',
  meaning: `${dropped} lines came faster than they could be read and are not shown: read them on the servers.`,
  raw: '',
  lacks: dropped,
  pull: null,
});

const byTime = (a: Result<LogLineView>, b: Result<LogLineView>): number => timeOf(a) - timeOf(b);

/** By our clock, so that servers whose clocks differ still tell one story. A fault stays at the end of its batch. */
const timeOf = (it: Result<LogLineView>): number =>
  it.ok ? it.value.at - it.value.offset : Number.MAX_SAFE_INTEGER;
