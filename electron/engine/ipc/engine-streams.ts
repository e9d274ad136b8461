import type { z } from 'zod';
import { RUV_EVERY, ruvByItself } from '../../../shared/ruv/by-itself';
import { LOGINS_EVERY } from '../../../shared/serves/by-itself';
import { streams, type LogLineView, type StreamName } from '../../../shared/ipc';
import { messageAndFix } from '../../../shared/base/sentences';
import { unreadKey } from '../../../shared/ipc/log-remark';
import { linesUntil } from './lines-until';
import { describeFault, fail, ok, type Fault, type Result } from '../../../shared/base/result';
import { alone } from '../base/batches';
import { wallNow } from '../base/time';
import type { GuardedEngine } from '../trust/guard-engine';
import { misunderstood } from './answering';

/** A stream, ready to be opened. */
export interface Streaming {
  /**
   * `live`: held back while the window gives no credit, over at once when cancelled. `work`: never held back, for a
   * deploy must not wait for a window; when cancelled it says itself how it ended.
   */
  readonly kind: 'live' | 'work';
  /** Whether it may begin; where it may not, its end carries the fault. Absent: it says so itself. */
  readonly may?: (question: unknown, engine: GuardedEngine) => Promise<Result<null>>;
  /** Its items, in batches. */
  open(
    question: unknown,
    engine: GuardedEngine,
    signal: AbortSignal,
  ): Result<AsyncIterable<readonly unknown[]>>;
}

/** "A little before now": enough for the rounds of the last minutes to be on the screen at once. */
const LOG_BACK_MS = 5 * 60_000;

/** What the engine streams to the window. */
export const engineStreams: Readonly<Record<StreamName, Streaming>> = {
  logs: streaming('live', streams.logs.question, ({ fleet, between }, engine, signal) => {
    const follow = between === undefined;
    const sinceMs = between?.from ?? wallNow() - LOG_BACK_MS;
    const lines = engine.logs(fleet, { server: null, follow, sinceMs }, signal);
    return faultsAsLines(between === undefined ? lines : linesUntil(lines, between.to));
  }),
  watch: {
    ...streaming('live', streams.watch.question, (asked, engine, signal) => {
      const { fleet, loginsEvery = LOGINS_EVERY, ruvEvery = RUV_EVERY, lookAtLogins = false } = asked;
      return alone(engine.watch(fleet, signal, loginsEvery * 60_000, ruvByItself(ruvEvery), lookAtLogins));
    }),
    // A watch that only ended would be opened again and again, and nobody be told why.
    may: async (raw, engine) => {
      const question = streams.watch.question.safeParse(raw);
      return question.success ? engine.mayAct(question.data.fleet) : ok(null);
    },
  },
  file: streaming('live', streams.file.question, ({ path }, engine, signal) =>
    alone(engine.watchFile(path, signal)),
  ),
  deploy: streaming('work', streams.deploy.question, ({ fleet, ...consent }, engine, signal) =>
    alone(engine.deploy(fleet, consent, signal)),
  ),
};

function streaming<Q extends z.ZodType>(
  kind: Streaming['kind'],
  schema: Q,
  open: (
    question: z.output<Q>,
    engine: GuardedEngine,
    signal: AbortSignal,
  ) => AsyncIterable<readonly unknown[]>,
): Streaming {
  return {
    kind,
    open: (raw, engine, signal) => {
      const question = schema.safeParse(raw);
      return question.success ? ok(open(question.data, engine, signal)) : fail(misunderstood(question.error));
    },
  };
}

/** One server's trouble must not end the log of the others: it becomes a line among theirs. */
async function* faultsAsLines(
  batches: AsyncIterable<readonly Result<LogLineView>[]>,
): AsyncIterable<readonly LogLineView[]> {
  for await (const lines of batches) yield lines.map((line) => (line.ok ? line.value : lineOf(line.error)));
}

const lineOf = (fault: Fault): LogLineView => ({
  key: unreadKey(fault.code),
  at: wallNow() * 1000,
  offset: 0,
  server: fault.where.server ?? '',
  ...{ group: null, bootstrap: null },
  level: 'bad',
  meaning: messageAndFix(fault),
  raw: describeFault(fault),
  pull: null,
});
