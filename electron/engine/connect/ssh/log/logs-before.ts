import { fail, ok, type Result } from '../../../../../shared/base/result';
import type { LogBound, OlderLog } from '../../connection';
import { journalPrefix } from './journal-access';
import { startLogStream } from './log-stream';
import { endOf, journalctl, type LogSource, nextWithin } from './logs';
import { NewestEntries } from './newest-entries';

/**
 * The newest entries of a unit's journal up to a time, microseconds of the server's clock. The journal is read backwards.
 * Where the time runs out, what was read until then.
 */
export async function readBefore(
  asked: LogSource,
  before: number,
  bound: LogBound,
  signal: AbortSignal,
): Promise<Result<OlderLog>> {
  const session = await asked.session(signal);
  if (!session.ok) return session;
  const prefix = await journalPrefix(session.value, asked.where, asked.unit, asked.prefix, signal);
  if (!prefix.ok) return prefix;
  const source = { ...asked, prefix: prefix.value };
  const argv = journalctl(source, ['--reverse', `--until=${timeOf(before)}`]);
  const stream = await startLogStream(session.value, argv, source.unit, signal);
  if (!stream.ok) return stream;
  const entries = new NewestEntries(before, bound);
  try {
    for (;;) {
      const next = await nextWithin(stream.value, source.where, false, signal);
      if (!next.ok)
        return next.error.code === 'timed-out' && entries.hasLines ? ok(entries.stretch(false)) : next;
      if (next.value.kind === 'ended') {
        const fault = endOf(source, next.value.exitCode, next.value.stderr, false);
        return fault === null ? ok(entries.stretch(true)) : fail(fault);
      }
      for (const item of next.value.items) {
        if (item.kind === 'fault') return fail(item.fault);
        if (!entries.take(item)) return ok(entries.stretch(false));
      }
    }
  } finally {
    stream.value.stop();
  }
}

/** `@1795451507.000001` (systemd.time(7)). */
const timeOf = (at: number): string => {
  const whole = Math.max(0, Math.floor(at));
  return `@${Math.floor(whole / 1e6)}.${String(whole % 1e6).padStart(6, '0')}`;
};
