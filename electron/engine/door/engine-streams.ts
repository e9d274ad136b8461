import type { z } from 'zod';
import { streams, type LogLineView, type StreamName } from '../../../shared/ipc';
import { describeFault, fail, ok, type Fault, type Result } from '../../../shared/result';
import type { Engine } from '../engine';
import { misunderstood } from './answering';

/** A stream, ready to be opened. */
export interface Streaming {
  /**
   * `live`: held back while the window gives no credit, over at once when cancelled. `work`: never held back, for a
   * deploy must not wait for a window; when cancelled it says itself how it ended.
   */
  readonly kind: 'live' | 'work';
  open(question: unknown, engine: Engine, signal: AbortSignal): Result<AsyncIterable<unknown>>;
}

/** "A little before now": enough for the rounds of the last minutes to be on the screen at once. */
const LOG_BACK_MS = 5 * 60_000;

/** What the engine streams to the window. */
export const engineStreams: Readonly<Record<StreamName, Streaming>> = {
  logs: streaming('live', streams.logs.question, ({ fleet }, engine, signal) =>
    faultsAsLines(
      engine.logs(fleet, { server: null, follow: true, sinceMs: Date.now() - LOG_BACK_MS }, signal),
    ),
  ),
  watch: streaming('live', streams.watch.question, ({ fleet }, engine, signal) =>
    engine.watch(fleet, signal),
  ),
  deploy: streaming('work', streams.deploy.question, ({ fleet, ...consent }, engine, signal) =>
    engine.deploy(fleet, consent, signal),
  ),
};

function streaming<Q extends z.ZodType>(
  kind: Streaming['kind'],
  schema: Q,
  open: (question: z.output<Q>, engine: Engine, signal: AbortSignal) => AsyncIterable<unknown>,
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
async function* faultsAsLines(lines: AsyncIterable<Result<LogLineView>>): AsyncIterable<LogLineView> {
  for await (const line of lines) yield line.ok ? line.value : lineOf(line.error);
}

function lineOf(fault: Fault): LogLineView {
  return {
    at: Date.now() * 1000,
    server: fault.where.server ?? '',
    level: 'bad',
    meaning: `${fault.message} ${fault.fix}`,
    raw: describeFault(fault),
    pull: null,
  };
}
