import { ok, fail, type Fault, type Result } from '../../../../shared/result';
import type { LogItem, LogStart } from '../connection';
import { type At, faultAt } from './faults';
import { cursorTime } from './journal';
import { journalPrefix, notReadable } from './journal-access';
import { pause, Stopped, timedOut } from './limits';
import { HIDDEN, type LogStream, startLogStream } from './log-stream';
import type { SshSession } from './session';

/** What reading a unit's journal needs. */
export interface LogSource {
  readonly at: At;
  /** With its suffix. */
  readonly unit: string;
  /** `sudo -n`, or nothing. */
  readonly prefix: readonly string[];
  /** The live connection, or a new one. */
  session(signal: AbortSignal): Promise<Result<SshSession>>;
  /** Milliseconds to wait before the first, second, … reconnect in a row; when they are used up, it gives up. */
  readonly backoff: readonly number[];
}

/** Reconnecting for about five minutes. */
export const RECONNECT_MS = [
  500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 30_000, 60_000, 60_000, 60_000,
];
/** Without `follow` journalctl has no reason to be silent for longer. */
const SILENCE_MS = 30_000;

/**
 * A unit's journal as lines in order. After a lost connection a followed journal goes on right after the last line, by
 * its cursor: nothing is missing and nothing comes twice; when that entry is no longer kept, a `gap` says so. Faults that
 * time does not heal end it at once, the others when reconnecting has failed for long enough.
 */
export async function* readLogs(
  source: LogSource,
  from: LogStart,
  follow: boolean,
  signal: AbortSignal,
): AsyncGenerator<LogItem, void, undefined> {
  let place: LogStart = from;
  const stopping = stopOn(signal);
  for (let failures = 0; ;) {
    const outcome = yield* readOnce(source, place, follow, stopping, (next) => {
      place = next;
      failures = 0;
    });
    if (signal.aborted || outcome === null) return;
    const wait = source.backoff[failures++];
    if (!follow || wait === undefined || !healing.has(outcome.code)) {
      yield { kind: 'fault', fault: outcome };
      return;
    }
    await pause(wait, signal);
    if (signal.aborted) return;
  }
}

/** Faults that may be over in a moment: the network, a server that restarts. */
const healing = new Set([
  'connection-lost',
  'connection-refused',
  'connection-closed',
  'host-unreachable',
  'name-not-found',
  'timed-out',
  'log-ended',
]);

/** One journalctl from start to end. Null: it ended as it should; else why it ended. */
async function* readOnce(
  asked: LogSource,
  from: LogStart,
  follow: boolean,
  signal: AbortSignal,
  reached: (place: LogStart) => void,
): AsyncGenerator<LogItem, Fault | null, undefined> {
  const session = await asked.session(signal);
  if (!session.ok) return session.error;
  const prefix = await journalPrefix(session.value, asked.at, asked.unit, asked.prefix, signal);
  if (!prefix.ok) return prefix.error;
  const source = { ...asked, prefix: prefix.value };
  let start = from;
  if ('cursor' in from) {
    const kept = await isKept(source, session.value, from.cursor, signal);
    if (!kept.ok) return kept.error;
    if (kept.value === 'gone') {
      yield { kind: 'gap', reason: 'The server’s journal no longer holds the last line that was read.' };
      // The entries after it are found by time, for a cursor that is gone leads anywhere.
      const at = cursorTime(from.cursor);
      if (at !== null) start = { since: Math.floor(at / 1000) };
    }
  }
  const stream = await startLogStream(session.value, journalctl(source, start, follow), source.unit, signal);
  if (!stream.ok) return stream.error;
  try {
    for (;;) {
      const next = await nextWithin(stream.value, source.at, follow, signal);
      if (!next.ok) return next.error;
      if (next.value.kind === 'ended') return endOf(source, next.value.exitCode, next.value.stderr, follow);
      for (const item of next.value.items) {
        // `--since` is asked for in whole seconds.
        if (item.kind === 'line' && 'since' in start && item.at < start.since * 1000) continue;
        if (item.kind === 'line') reached({ cursor: item.cursor });
        yield item;
      }
    }
  } finally {
    stream.value.stop();
  }
}

const journalctl = (source: LogSource, from: LogStart, follow: boolean): readonly string[] => [
  ...source.prefix,
  'journalctl',
  '--no-pager',
  // Long lines in full: without it a field over 4096 bytes comes as null (journalctl(1)).
  '--all',
  '--output=json',
  `--unit=${source.unit}`,
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
  const argv = journalctl(source, { since: Math.floor(at / 1_000_000) * 1000 }, false);
  const stream = await startLogStream(session, argv, source.unit, signal);
  if (!stream.ok) return stream;
  try {
    for (;;) {
      const next = await nextWithin(stream.value, source.at, false, signal);
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

async function nextWithin(stream: LogStream, at: At, follow: boolean, signal: AbortSignal) {
  if (follow) return stream.next(signal);
  const limit = new AbortController();
  const timer = setTimeout(
    () => limit.abort(new Stopped(timedOut(at, 'reading the journal', SILENCE_MS))),
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
function endOf(source: LogSource, exitCode: number | null, stderr: string, follow: boolean): Fault | null {
  const { at } = source;
  const detail = stderr.trim();
  // journalctl exits 0 with this hint and shows nothing: silence that proves nothing.
  if (HIDDEN.test(stderr) || /^sudo:/m.test(stderr)) return notReadable(at, detail);
  if (exitCode === 127)
    return faultAt(
      at,
      'no-systemd',
      'there is no journalctl on the server',
      'Kanilink reads logs of systemd units over SSH; connect to a container by the Docker API.',
      { detail },
    );
  if (exitCode === 0 && !follow) return null;
  if (exitCode === null || exitCode === 0 || follow)
    return faultAt(at, 'log-ended', 'journalctl ended', 'Look at the journal on the server.', { detail });
  return faultAt(
    at,
    'log-failed',
    `journalctl failed with exit code ${exitCode}`,
    'Look at the journal on the server.',
    {
      detail,
    },
  );
}

/** A signal whose reason is a fault, as the waits below expect. */
function stopOn(signal: AbortSignal): AbortSignal {
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
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return stop.signal;
}
