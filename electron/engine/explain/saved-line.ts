import { z } from 'zod';
import { jsonOf } from '../base/json';
import { readTimestamp } from '../connect/docker/log/log-cursor';
import { readEntry } from '../connect/ssh/log/journal';
import { dated, microsOf, type TimeInLog, yearless } from './time-in-log';

/** A line as somebody saved it, apart from what stood in front of it. */
export interface SavedLine {
  /** Null: it has none. */
  readonly time: TimeInLog | null;
  readonly text: string;
}

/**
 * One line in the forms that people save: kanidmd's own output, `docker logs` with and without `--timestamps` and the file that
 * Docker keeps, what Compose, `kubectl` and the container runtime of Kubernetes write in front, `journalctl` in its short forms
 * and as JSON, and syslog's (RFC 5424).
 * @returns null: it is no line of a program, as journalctl's `-- Boot …`.
 */
export function readSavedLine(line: string): SavedLine | null {
  if (line.trim() === '' || line.startsWith('-- ')) return null;
  if (line.startsWith('{')) return ofDocker(line) ?? ofJournal(line);
  const bare = line.replace(CONTAINER, '');
  return ofSyslog(bare) ?? inFront(bare);
}

/** `idm-a  | text`, as Compose writes several containers' logs, coloured on a terminal; `[pod/NAME/CONTAINER] text` of `kubectl --prefix`. */
const CONTAINER =
  /^(?:(?:\u001b\[[0-9;]{0,20}m)?[\w.-]{1,100} +\| (?:\u001b\[[0-9;]{0,20}m)?|\[pod\/[\w.-]{1,253}\/[\w.-]{1,63}\] )/;

/** A line of the `json-file` that Docker keeps of a container. */
const DOCKER_LINE = z.object({ log: z.string(), time: z.string() });

function ofDocker(line: string): SavedLine | null {
  const read = DOCKER_LINE.safeParse(jsonOf(line));
  if (!read.success) return null;
  const { log, time } = read.data;
  return { time: dated(microsOfTimestamp(time), true), text: log.replace(/\r?\n$/, '') };
}

/** The unit's name decides only who wrote a line; lines in another form than kanidmd's say nothing anyway. */
function ofJournal(line: string): SavedLine | null {
  const item = readEntry(Buffer.from(line), 'kanidmd.service');
  return item?.kind === 'line' ? { time: dated(item.at, true), text: item.text } : null;
}

/** `<30>1 TIME HOST PROGRAM PID ID [DATA] text`, with or without the priority, which a file of it lacks. */
const SYSLOG = /^(?:<\d{1,3}>)?1 (\S{20,40}) \S+ \S+ \S+ \S+ (?:-|(?:\[(?:[^\]\\]|\\.)*\])+) \ufeff?(.*)$/;

function ofSyslog(line: string): SavedLine | null {
  const [, time = '', text = ''] = SYSLOG.exec(line) ?? [];
  const at = microsOfTimestamp(time);
  return at === null ? null : { time: dated(at, true), text };
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
/** `stdout F `, behind the time that the container runtime of Kubernetes writes. */
const RUNTIME = /^(?:stdout|stderr) [FP] /;
/** `[ 3711.123456] idm-a kanidmd[123]: `, as `--output=short-monotonic` writes it: seconds since a boot that nobody can date. */
const SINCE_BOOT = /^\[ {0,11}\d{1,11}\.\d{6}\] [\w.-]{1,255} [\w@./-]{1,255}(?:\[\d{1,10}\])?: /;
/** `idm-a kanidmd[123]: `, behind the time of a journal. */
const SOURCE = /^[\w.-]{1,255} [\w@./-]{1,255}(?:\[\d{1,10}\])?: /;

function inFront(line: string): SavedLine {
  const iso = ISO.exec(line);
  if (iso) {
    const at = microsOfTimestamp(`${iso[1]?.replace(',', '.')}${withColon(iso[2])}`);
    return { time: dated(at, true), text: withoutSource((iso[3] ?? '').replace(RUNTIME, '')) };
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
  if (time === null) return { time, text: line.replace(SINCE_BOOT, '') };
  return { time, text: withoutSource(rest) };
}

function microsOfTimestamp(text: string): number | null {
  const nanoseconds = readTimestamp(text);
  return nanoseconds === null ? null : Number(nanoseconds / 1000n);
}

/** `+0100`, `+01` as `+01:00`. */
const withColon = (zone = ''): string =>
  zone.replace(/^([+-]\d\d)(\d\d)?$/, (_, hours, minutes) => `${hours}:${minutes ?? '00'}`);

const withoutSource = (text: string): string => text.replace(SOURCE, '');
