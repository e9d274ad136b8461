import { LogReader } from '../../../../shared/kanidmd/rounds';
import type { LogEvidence } from '../../../../shared/kanidmd/evidence';
import { type Fault, fail, ok, type Result } from '../../../../shared/base/result';
import type { ServerConnection } from '../../connect/connection';
import { each } from '../../base/batches';
import type { Call } from '../../base/call';
import { withinLimit } from '../../base/signals';

/**
 * Reads a server's log from `sinceMs` (its own clock) to now and says what it proves.
 * @param nowMs the server's clock when the reading starts: silence after it proves nothing.
 * @param acrossStarts a start does not make it forget the rounds before.
 */
export async function readEvidence(
  connection: ServerConnection,
  sinceMs: number,
  nowMs: number,
  call: Call,
  acrossStarts = false,
): Promise<Result<LogEvidence>> {
  // Read as it comes: what a reader keeps is bounded, what a server says is not.
  const reader = new LogReader(sinceMs * 1000, acrossStarts);
  return withinLimit(call, async (signal) => {
    for await (const item of each(connection.logs({ since: sinceMs }, { follow: false, signal }))) {
      if (item.kind === 'fault') return fail(item.fault);
      if (item.kind === 'gap') reader.gap();
      else if (item.source === 'kanidmd') reader.push({ at: item.at, text: item.text });
    }
    // Cut short: what was read is not all there is, and proves nothing of the rest.
    return signal.aborted ? fail(notInTime(call)) : ok(reader.evidence(nowMs * 1000));
  });
}

const notInTime = ({ timeoutMs }: Call): Fault => ({
  code: 'timed-out',
  message: `The log was not read to its end within ${timeoutMs / 1000} s.`,
  fix: 'Look at the log: a server that prints without an end, or a slow connection.',
  where: {},
});

/** How long after its start a server still says what it says once, at its start: milliseconds. */
const START_MS = 10_000;
const MOST_START_LINES = 500;

/**
 * What a server said at its start, which lies before the stretch that was read: its version, and trouble that lasts until it
 * is started again ("Replica supplier cert invalid", a port that is taken). Null: the log does not reach back so far.
 * @param startedAtMs when the process started, milliseconds, the server's clock.
 */
export async function readStart(
  connection: ServerConnection,
  startedAtMs: number,
  call: Call,
): Promise<LogEvidence | null> {
  // A second of slack for the clocks' grain.
  const since = startedAtMs - 1000;
  const reader = new LogReader(since * 1000);
  await withinLimit(call, async (signal) => {
    let lines = 0;
    for await (const item of each(connection.logs({ since }, { follow: false, signal }))) {
      if (item.kind === 'fault') return;
      if (item.kind !== 'line' || item.source !== 'kanidmd') continue;
      if (item.at / 1000 > startedAtMs + START_MS || lines >= MOST_START_LINES) return;
      reader.push({ at: item.at, text: item.text });
      lines += 1;
    }
  });
  const read = reader.evidence((startedAtMs + START_MS) * 1000);
  return read.startedAt === null ? null : read;
}
