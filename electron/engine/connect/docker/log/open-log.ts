import type { Readable } from 'node:stream';
import { ok, type Fault } from '../../../../../shared/base/result';
import { faultAt } from '../../common/faults';
import { timedOut } from '../../common/limits';
import type { Container } from '../api/container';
import { FaultError } from '../api/faults';
import { sinceOf } from './log-cursor';
import { type LogReader, MultiplexedLog, TerminalLog } from './log-lines';

/** What is being done, for messages. */
export const DOING = 'reading the container’s log';
/** A log that is not followed comes without a break. Milliseconds. */
export const SILENCE_MS = 30_000;

/** Opens a stretch of a container's log, with what reads it. */
export async function openLog(
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
    follow ? 'follow' : 'call',
  );
  if (!stream.ok) return stream;
  const reader: LogReader = seen.value.Config.Tty ? new TerminalLog() : new MultiplexedLog();
  return ok({ stream: stream.value, reader });
}

/** Chunks of a stream; one that is silent for too long ends with a fault. A slow reader is not silence. */
export async function* withoutSilence(
  stream: Readable,
  { where }: Container,
): AsyncGenerator<unknown, void, undefined> {
  const chunks: AsyncIterator<unknown> = stream[Symbol.asyncIterator]();
  for (;;) {
    const late = (): FaultError => new FaultError(timedOut(where, DOING, SILENCE_MS));
    const timer = setTimeout(() => stream.destroy(late()), SILENCE_MS);
    try {
      const next = await chunks.next();
      if (next.done === true) return;
      yield next.value;
    } finally {
      clearTimeout(timer);
    }
  }
}

const driverKeepsNone = (container: Container, message: string): Fault =>
  faultAt(
    container.where,
    'log-not-readable',
    `the logging driver of container ${container.name} keeps nothing that can be read back`,
    'Use the json-file, local or journald driver: without its log the server’s replication cannot be judged.',
    { detail: message },
  );
