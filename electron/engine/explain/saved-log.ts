import type { LogLine } from '../../../shared/kanidmd/evidence';
import { readTimestamp } from '../connect/docker/log/log-cursor';
import { readEntry } from '../connect/ssh/log/journal';

/** A log that somebody saved, line by line. */
export interface SavedLog {
  /** Kanidmd's own lines and what stands between them, oldest first. */
  readonly lines: readonly LogLine[];
  /** The lines have times. Else their times are made up, a millisecond apart, and only the order means something. */
  readonly timed: boolean;
}

/** Where a log without times begins, microseconds; no clock says so. */
const MADE_UP = 1_000_000_000_000_000;
const STEP = 1_000;

/**
 * Reads a saved log in the forms that people save: kanidmd's own output, `docker logs` with and without `--timestamps` (and
 * Compose's or Kubernetes' alike), `journalctl` in its short forms, and `journalctl --output=json`. Forms may be mixed. Of a
 * line without a time that follows one with a time, the time before it counts.
 * @param year of times that name none, as `journalctl` writes them: the year the log was saved in.
 */
export function readSavedLog(text: string, year: number): SavedLog {
  const read = text.split(/\r?\n/).flatMap((line) => readSavedLine(line, year) ?? []);
  const timed = read.some(({ at }) => at !== null);
  let last = read.find(({ at }) => at !== null)?.at ?? MADE_UP;
  const lines = read.map(({ at, text }, index) => {
    last = timed ? (at ?? last) : MADE_UP + index * STEP;
    return { at: last, text };
  });
  return { lines, timed };
}

interface SavedLine {
  /** Microseconds; null: it has none. */
  readonly at: number | null;
  readonly text: string;
}

/** Null: it is no line of a program, as journalctl's `-- Boot …`. */
function readSavedLine(line: string, year: number): SavedLine | null {
  if (line.trim() === '' || line.startsWith('-- ')) return null;
  if (line.startsWith('{')) return ofJournal(line);
  return inFront(line.replace(COMPOSE, ''), year);
}

/** `idm-a  | text`, as Compose writes several containers' logs. */
const COMPOSE = /^[\w.-]{1,100} +\| /;

/** The unit's name decides only who wrote a line; lines in another form than kanidmd's say nothing anyway. */
function ofJournal(line: string): SavedLine | null {
  const item = readEntry(Buffer.from(line), 'kanidmd.service');
  return item?.kind === 'line' ? { at: item.at, text: item.text } : null;
}

/** `2026-11-24T10:20:30.123456+01:00`, `2026-11-24T10:20:30+0100`. */
const ISO = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)(Z|[+-]\d\d:?\d\d) (.*)$/;
/** `Nov 24 10:20:30`, with or without a fraction. */
const SHORT = /^([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))? (.*)$/;
/** `1795451507.123456`. */
const UNIX = /^(\d{9,11})\.(\d{6}) (.*)$/;
/** `idm-a kanidmd[123]: `, behind the time of a journal. */
const SOURCE = /^[\w.-]{1,255} [\w@./-]{1,255}(?:\[\d{1,10}\])?: /;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function inFront(line: string, year: number): SavedLine {
  const iso = ISO.exec(line);
  if (iso) {
    const zone =
      iso[2] === 'Z' || iso[2]?.includes(':') ? iso[2] : `${iso[2]?.slice(0, 3)}:${iso[2]?.slice(3)}`;
    const nanoseconds = readTimestamp(`${iso[1]?.replace(',', '.')}${zone}`);
    return {
      at: nanoseconds === null ? null : Number(nanoseconds / 1000n),
      text: withoutSource(iso[3] ?? ''),
    };
  }
  const unix = UNIX.exec(line);
  if (unix) return { at: Number(`${unix[1]}${unix[2]}`), text: withoutSource(unix[3] ?? '') };
  const short = SHORT.exec(line);
  const month = MONTHS.indexOf(short?.[1] ?? '') + 1;
  if (!short || month === 0) return { at: null, text: line };
  const day = `${year}-${String(month).padStart(2, '0')}-${(short[2] ?? '').padStart(2, '0')}`;
  const ms = Date.parse(`${day}T${short[3]}Z`);
  const at = Number.isFinite(ms) ? ms * 1000 + Number((short[4] ?? '').padEnd(6, '0')) : null;
  return { at, text: withoutSource(short[5] ?? '') };
}

const withoutSource = (text: string): string => text.replace(SOURCE, '');
