import type { LogLine } from '../../../shared/kanidmd/evidence';
import { readTimestamp } from '../connect/docker/log/log-cursor';
import { readEntry } from '../connect/ssh/log/journal';
import { dated, microsOf, type TimeInLog, withYears, yearless } from './time-in-log';

/** A log that somebody saved, line by line. */
export interface SavedLog {
  /** Kanidmd's own lines and what stands between them, oldest first. */
  readonly lines: readonly LogLine[];
  /** The lines have times. Else their times are made up, a millisecond apart, and only the order means something. */
  readonly timed: boolean;
  /** Every time names its zone. Else times are the clock of whoever wrote the line, read as if it were UTC. */
  readonly zoned: boolean;
  /** Every time names its year. Else the newest year that fits was taken. */
  readonly dated: boolean;
}

/** Where a log without times begins, microseconds; no clock says so. */
const MADE_UP = 1_000_000_000_000_000;
const STEP = 1_000;

/**
 * Reads a saved log in the forms that people save: kanidmd's own output, `docker logs` with and without `--timestamps` (and
 * Compose's or Kubernetes' alike), `journalctl` in its short forms, and `journalctl --output=json`. Forms may be mixed. Of a
 * line without a time that follows one with a time, the time before it counts.
 * @param now microseconds: no line is of a later day.
 */
export function readSavedLog(text: string, now: number): SavedLog {
  const read = text.split(/\r?\n/).flatMap((line) => readSavedLine(line) ?? []);
  const times = withYears(
    read.map(({ time }) => time),
    now,
  );
  const timed = times.some((at) => at !== null);
  let last = times.find((at) => at !== null) ?? MADE_UP;
  const lines = read.map(({ text }, index) => {
    last = timed ? (times[index] ?? last) : MADE_UP + index * STEP;
    return { at: last, text };
  });
  const named = read.flatMap(({ time }) => time ?? []);
  return {
    ...{ lines, timed },
    zoned: named.every(({ zoned }) => zoned),
    dated: named.every(({ kind }) => kind === 'dated'),
  };
}

interface SavedLine {
  /** Null: it has none. */
  readonly time: TimeInLog | null;
  readonly text: string;
}

/** Null: it is no line of a program, as journalctl's `-- Boot …`. */
function readSavedLine(line: string): SavedLine | null {
  if (line.trim() === '' || line.startsWith('-- ')) return null;
  if (line.startsWith('{')) return ofJournal(line);
  return inFront(line.replace(COMPOSE, ''));
}

/** `idm-a  | text`, as Compose writes several containers' logs. */
const COMPOSE = /^[\w.-]{1,100} +\| /;

/** The unit's name decides only who wrote a line; lines in another form than kanidmd's say nothing anyway. */
function ofJournal(line: string): SavedLine | null {
  const item = readEntry(Buffer.from(line), 'kanidmd.service');
  return item?.kind === 'line' ? { time: dated(item.at, true), text: item.text } : null;
}

/** `2026-11-24T10:20:30.123456+01:00`, `2026-11-24T10:20:30+0100`. */
const ISO = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)(Z|[+-]\d\d:?\d\d) (.*)$/;
/** `Tue 2026-11-24 10:20:30.123456 CET`, as `--output=short-full` writes it. */
const FULL =
  /^[A-Z][a-z]{2} (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))? ([A-Z]{2,5}|[+-]\d\d(?:\d\d)?) (.*)$/;
/** `Nov 24 10:20:30`, with or without a fraction. */
const SHORT = /^([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))? (.*)$/;
/** `1795451507.123456`. */
const UNIX = /^(\d{9,11})\.(\d{6}) (.*)$/;
/** `idm-a kanidmd[123]: `, behind the time of a journal. */
const SOURCE = /^[\w.-]{1,255} [\w@./-]{1,255}(?:\[\d{1,10}\])?: /;

function inFront(line: string): SavedLine {
  const iso = ISO.exec(line);
  if (iso) {
    const nanoseconds = readTimestamp(`${iso[1]?.replace(',', '.')}${withColon(iso[2])}`);
    const at = nanoseconds === null ? null : Number(nanoseconds / 1000n);
    return { time: dated(at, true), text: withoutSource(iso[3] ?? '') };
  }
  const unix = UNIX.exec(line);
  if (unix) return { time: dated(Number(`${unix[1]}${unix[2]}`), true), text: withoutSource(unix[3] ?? '') };
  const full = FULL.exec(line);
  if (full) {
    const [, day, clock, fraction = '', zone = '', rest = ''] = full;
    const offset = zone === 'UTC' || zone === 'GMT' ? 'Z' : /\d/.test(zone) ? withColon(zone) : null;
    // What CET and its like mean, nobody but its own computer knows.
    const ms = Date.parse(`${day}T${clock}${offset ?? 'Z'}`);
    const at = Number.isFinite(ms) ? ms * 1000 + microsOf(fraction) : null;
    return { time: dated(at, offset !== null), text: withoutSource(rest) };
  }
  const [, month = '', day = '', clock = '', fraction = '', rest = ''] = SHORT.exec(line) ?? [];
  const time = yearless(month, day, clock, fraction);
  return time === null ? { time, text: line } : { time, text: withoutSource(rest) };
}

/** `+0100`, `+01` as `+01:00`. */
const withColon = (zone = ''): string =>
  zone.replace(/^([+-]\d\d)(\d\d)?$/, (_, hours, minutes) => `${hours}:${minutes ?? '00'}`);

const withoutSource = (text: string): string => text.replace(SOURCE, '');
