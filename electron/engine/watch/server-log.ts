import { stepOf, type LogLineView } from '../../../shared/ipc';
import { cureOf } from '../../../shared/base/cure';
import { retryAfter } from '../../../shared/base/retry-after';
import { fail, type Fault, type Result, ok } from '../../../shared/base/result';
import type { Clock } from '../base/time';
import type { LogItem } from '../connect/connection';
import { unexpectedOf } from '../base/unexpected';
import { serverNow, type Site } from '../deploy/deployment/deployment';
import type { SeenServer } from '../fleet/server-probe';
import { LineGroups } from './line-groups';
import { gapAfter, viewOf } from './line-view';
import type { LogTail, TailItem } from './log-tail';
import type { Naming } from './naming';
import { ToldLines } from './told-lines';

/** One server whose log is read. */
export interface LoggedServer {
  readonly id: string;
  /** The way to it, or why there is none. Its log is read the moment this answers: no server waits for another. */
  readonly seen: Promise<SeenServer>;
  /** Looks for the way again, once its log was lost or it was not reached. */
  readonly again: () => Promise<SeenServer>;
  /** Its log, shared with everybody who follows it. */
  readonly tail: Pick<LogTail, 'read'>;
}

/** How the log of one server is read. */
export interface ServerLog {
  readonly server: LoggedServer;
  readonly naming: Naming;
  readonly follow: boolean;
  /** From then on, our clock. */
  readonly sinceMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * One server's lines, each once, in batches. Never fails: what stands in the way is a fault among the lines. A followed log that is
 * lost, or cannot be reached, is read again later and later, and goes on after the last line that was told; one that only
 * a person can help with ends with its fault.
 */
export async function* linesOf(log: ServerLog): AsyncGenerator<readonly Result<LogLineView>[]> {
  const { server, follow, clock, signal } = log;
  const told = new ToldLines();
  const isOver = (): boolean => signal.aborted;
  let look = server.seen;
  for (let failures = 1; ; failures += 1) {
    const before = told.count;
    const fault = yield* readOnce(log, look, told);
    if (isOver() || fault === null || !follow || !mayBeCured(fault)) return;
    if (told.count > before) failures = 1;
    await clock.sleep(retryAfter(failures, Math.random()), signal);
    if (isOver()) return;
    look = server.again();
  }
}

/** A bug is told once; whatever only a person can change would fill the log, and lock the person out. */
const mayBeCured = ({ code }: Fault): boolean => code !== 'unexpected' && cureOf(code) === 'time';

/** One reading from where it is to its end: the fault it ended with, which was told; null: it ended by itself. */
async function* readOnce(
  log: ServerLog,
  look: Promise<SeenServer>,
  told: ToldLines,
): AsyncGenerator<readonly Result<LogLineView>[], Fault | null> {
  const { id } = log.server;
  let lines: Result<LogLineView>[] = [];
  try {
    const { observed, site } = await look;
    if (log.signal.aborted) return null;
    if (site === null || observed.state === 'unreachable') {
      yield observed.faults.map((fault) => fail(fault));
      return observed.faults.find((fault) => !mayBeCured(fault)) ?? observed.faults[0] ?? null;
    }
    const { batches, viewLine } = openedLog(log, site, told);
    for await (const items of batches) {
      for (const item of items) {
        if (item.kind === 'fault') {
          const where = { server: id, ...item.fault.where };
          yield [...lines, fail({ ...item.fault, where })];
          return item.fault;
        }
        const line = viewLine(item);
        if (line !== null) lines.push(ok(line));
      }
      const ready = lines;
      lines = [];
      if (ready.length > 0) yield ready;
    }
    return null;
  } catch (cause) {
    const fault = unexpectedOf(id, 'reading its log', cause);
    yield [...lines, fail(fault)];
    return fault;
  }
}

/** A log that is read, and what makes a line of it one that is told; null: it was told before. */
function openedLog(log: ServerLog, site: Site, told: ToldLines) {
  const { clock, signal, naming } = log;
  // Since then by the server's clock; what it shows now is known, whatever ours was set to.
  const now = serverNow(site, clock);
  const since = told.since(now, log.sinceMs - clock.now() + now);
  const offset = stepOf((now - clock.now()) * 1000);
  const groups = new LineGroups();
  const context = { consumer: log.server.id, serverAt: naming.serverAt };
  const batches: AsyncIterable<readonly (TailItem | LogItem)[]> = log.follow
    ? log.server.tail.read(site.connection, { since, now }, signal)
    : site.connection.logs({ since }, { follow: false, signal });
  const viewLine = (item: Exclude<TailItem | LogItem, { readonly kind: 'fault' }>): LogLineView | null => {
    if (item.kind === 'line')
      return told.take(item.cursor, item.at) ? viewOf(item, context, offset, groups) : null;
    const after = told.last ?? { key: '', at: since * 1000 };
    return gapAfter(after, { server: log.server.id, offset, reason: item.reason });
  };
  return { batches, viewLine };
}
