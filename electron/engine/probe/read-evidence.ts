import { readLog } from '../../../shared/kanidmd/rounds';
import type { LogEvidence, LogLine } from '../../../shared/observed';
import { ok, type Result } from '../../../shared/result';
import type { Call, ServerConnection } from '../connect/connection';

/** Lines kept of one reading; a server that prints more in two poll intervals is read from its newest. */
const MOST_LINES = 50_000;

/**
 * Reads a server's log from `sinceMs` (its own clock) to now and says what it proves.
 * @param nowMs the server's clock when the reading starts: silence after it proves nothing.
 */
export async function readEvidence(
  connection: ServerConnection,
  sinceMs: number,
  nowMs: number,
  call: Call,
): Promise<Result<LogEvidence>> {
  const lines: LogLine[] = [];
  let from = sinceMs * 1000;
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout(call.timeoutMs)]);
  for await (const item of connection.logs({ since: sinceMs }, { follow: false, signal })) {
    if (item.kind === 'fault') return { ok: false, error: item.fault };
    if (item.kind !== 'line' || item.source !== 'kanidmd') continue;
    lines.push({ at: item.at, text: item.text });
    if (lines.length <= MOST_LINES) continue;
    lines.splice(0, MOST_LINES / 2);
    from = lines[0]?.at ?? from;
  }
  return ok(readLog(lines, from, nowMs * 1000));
}

/** The version in the first start line at or after `startedAtMs`; null when it is not there. */
export async function readRunningVersion(
  connection: ServerConnection,
  startedAtMs: number,
  call: Call,
): Promise<string | null> {
  const stop = new AbortController();
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout(call.timeoutMs), stop.signal]);
  // The process prints its start line within its first moments; a second of slack for the clocks' grain.
  let seen = 0;
  for await (const item of connection.logs({ since: startedAtMs - 1000 }, { follow: false, signal })) {
    if (item.kind === 'fault') return null;
    if (item.kind !== 'line') continue;
    const version = readLog([{ at: item.at, text: item.text }], 0, item.at).runningVersion;
    seen += 1;
    if (version !== null || seen > 500) {
      stop.abort();
      return version;
    }
  }
  return null;
}
