import type { LogLine } from '../../../shared/kanidmd/evidence';
import { readSavedLine } from './saved-line';
import { withYears } from './time-in-log';

/** A log that somebody saved, line by line. */
export interface SavedLog {
  /** Kanidmd's own lines and what stands between them, oldest first. */
  readonly lines: readonly LogLine[];
  /** The lines have times. Else their times are made up, a millisecond apart, and only the order means something. */
  readonly timed: boolean;
  /** Every time names its zone. Else times are by the clock of the server that wrote the line, read as if it were UTC. */
  readonly zoned: boolean;
  /** Every time names its year. Else the newest year that fits was taken. */
  readonly dated: boolean;
}

/** Where a log without times begins, microseconds; no clock says so. */
const MADE_UP = 1_000_000_000_000_000;
const STEP = 1_000;

/**
 * The text of a saved log: UTF-8, or UTF-16 where it begins with the mark of it, as PowerShell's `>` writes. Bytes that are
 * neither become U+FFFD.
 */
export function textOfLog(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const wide =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : null;
  return new TextDecoder(wide ?? 'utf-8').decode(bytes);
}

/**
 * Reads a saved log, line by line as `readSavedLine` says; forms may be mixed. Of a line without a time that follows one with
 * a time, the time before it counts.
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
