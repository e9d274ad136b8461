import { ok, fail, type Fault, type Result } from '../../../../../shared/base/result';
import type { LogStart } from '../../connection';
import { type ServerPlace, faultAt } from '../../common/faults';
import { followLog, type Reading, type ReadLog } from '../../common/follow-log';
import { cursorTime } from './journal';
import { journalPrefix, notReadable } from './journal-access';
import { Stopped, timedOut } from '../../common/limits';
import { HIDDEN, type LogStream, startLogStream } from './log-stream';
import type { SshSession } from '../session/session';

/** What reading a unit's journal needs. */
export interface LogSource {
  readonly where: ServerPlace;
  /** With its suffix. */
  readonly unit: string;
  /** `sudo -n`, or nothing. */
  readonly prefix: readonly string[];
  /** The live connection, or a new one. */
  session(signal: AbortSignal): Promise<Result<SshSession>>;
  /** Milliseconds before each reconnect in a row. */
  readonly backoff: readonly number[];
}

/** Without `follow` journalctl has no reason to be silent for longer. */
const SILENCE_MS = 30_000;

/**
 * A unit's journal as lines in order. After a lost connection a followed journal goes on right after the last line, by
 * its cursor: nothing is missing and nothing comes twice. When that entry is no longer kept, a `gap` says so.
 */
export function readLogs(source: LogSource, from: LogStart, follow: boolean, signal: AbortSignal): ReadLog {
  return followLog(from, {
    follow,
    signal,
    backoff: source.backoff,
    readOnce: (start, stop) => readOnce(source, start, follow, stop),
  });
}

/** One journalctl from start to end. Null: it ended as it should; else why it ended. */
async function* readOnce(asked: LogSource, from: LogStart, follow: boolean, signal: AbortSignal): Reading {
  const session = await asked.session(signal);
  if (!session.ok) return session.error;
  const prefix = await journalPrefix(session.value, asked.where, asked.unit, asked.prefix, signal);
  if (!prefix.ok) return prefix.error;
  const source = { ...asked, prefix: prefix.value };
  let start = from;
  if ('cursor' in from) {
    const kept = await isKept(source, session.value, from.cursor, signal);
    if (!kept.ok) return kept.error;
    if (kept.value === 'gone') {
      yield [{ kind: 'gap', reason: 'The server’s journal no longer holds the last line that was read.' }];
      // The entries after it are found by time, for a cursor that is gone leads anywhere.
      const at = cursorTime(from.cursor);
      if (at !== null) start = { since: Math.floor(at / 1000) };
    }
  }
  const stream = await startLogStream(
    session.value,
    journalctl(source, stretchFrom(start, follow)),
    source.unit,
    signal,
  );
  if (!stream.ok) return stream.error;
  try {
    for (;;) {
      const next = await nextWithin(stream.value, source.where, follow, signal);
      if (!next.ok) return next.error;
      if (next.value.kind === 'ended') return endOf(source, next.value.exitCode, next.value.stderr, follow);
      // `--since` is asked for in whole seconds.
      const since = 'since' in start ? start.since * 1000 : 0;
      const items = next.value.items.filter((item) => item.kind !== 'line' || item.at >= since);
      if (items.length > 0) yield items;
    }
  } finally {
    stream.value.stop();
  }
}

/** Reads entries of the unit as JSON. @param range which. @param source its prefix is that of {@link journalPrefix} */
export const journalctl = (source: LogSource, range: readonly string[]): readonly string[] => [
  ...source.prefix,
  'journalctl',
  '--no-pager',
  // Long lines in full: without it a field over 4096 bytes comes as null (journalctl(1)).
  '--all',
  '--output=json',
  `--unit=${source.unit}`,
  ...range,
];

const stretchFrom = (from: LogStart, follow: boolean): readonly string[] => [
  'cursor' in from
    ? `--after-cursor=${from.cursor}`
    : `--since=@${Math.max(0, Math.floor(from.since / 1000))}`,
  // A followed journal begins with its last ten lines otherwise (journalctl(1)).
  ...(follow ? ['--lines=all', '--follow'] : []),
];

/**
 * journalctl seeks a cursor that is gone to the nearest entry without a word. So the entries of the cursor's second are
 * read first: the entry itself must be among them before any later one.
 */
async function isKept(
  source: LogSource,
  session: SshSession,
  cursor: string,
  signal: AbortSignal,
): Promise<Result<'kept' | 'gone' | 'unknown'>> {
  const at = cursorTime(cursor);
  if (at === null) return ok('unknown');
  const argv = journalctl(source, stretchFrom({ since: Math.floor(at / 1_000_000) * 1000 }, false));
  const stream = await startLogStream(session, argv, source.unit, signal);
  if (!stream.ok) return stream;
  try {
    for (;;) {
      const next = await nextWithin(stream.value, source.where, false, signal);
      if (!next.ok) return next;
      if (next.value.kind === 'ended') {
        const fault = endOf(source, next.value.exitCode, next.value.stderr, false);
        return fault === null ? ok('gone') : fail(fault);
      }
      for (const item of next.value.items) {
        if (item.kind !== 'line') continue;
        if (item.cursor === cursor) return ok('kept');
        if (item.at > at) return ok('gone');
      }
    }
  } finally {
    stream.value.stop();
  }
}

/** What comes next; one that is not followed has no reason to be silent for long. */
export async function nextWithin(
  stream: LogStream,
  where: ServerPlace,
  follow: boolean,
  signal: AbortSignal,
) {
  if (follow) return stream.next(signal);
  const limit = new AbortController();
  const timer = setTimeout(
    () => limit.abort(new Stopped(timedOut(where, 'reading the journal', SILENCE_MS))),
    SILENCE_MS,
  );
  const pass = () => limit.abort(signal.reason);
  signal.addEventListener('abort', pass, { once: true });
  if (signal.aborted) pass();
  try {
    return await stream.next(limit.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', pass);
  }
}

/** Null: a journal that was to be read once is read. */
export function endOf(
  source: LogSource,
  exitCode: number | null,
  stderr: string,
  follow: boolean,
): Fault | null {
  const { where } = source;
  const detail = stderr.trim();
  // journalctl exits 0 with this hint and shows nothing: silence that proves nothing.
  if (HIDDEN.test(stderr) || /^sudo:/m.test(stderr)) return notReadable(where, detail);
  if (exitCode === 127)
    return faultAt(
      where,
      'no-systemd',
      'there is no journalctl on the server',
      'Kanilink reads logs of systemd units over SSH; connect to a container by the Docker API.',
      { detail },
    );
  if (exitCode === 0 && !follow) return null;
  if (exitCode === null || exitCode === 0 || follow)
    return faultAt(where, 'log-ended', 'journalctl ended', 'Look at the journal on the server.', { detail });
  return faultAt(
    where,
    'log-failed',
    `journalctl failed with exit code ${exitCode}`,
    'Look at the journal on the server.',
    {
      detail,
    },
  );
}
