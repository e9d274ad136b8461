import { startTicks, statFields, TICKS } from '../../../base/proc-stat';

/** A unit's running process, as systemd has it. */
export interface MainProcess {
  readonly pid: number;
  /** When it was started, in microseconds of the clock that stands still while the machine sleeps (CLOCK_MONOTONIC). */
  readonly startedMonotonic: number;
}

/** Prints when the printing program itself was started, and when the process was. */
export const showStarts = ({ pid }: MainProcess): readonly string[] => [
  ...['cat', '/proc/self/stat', `/proc/${pid}/stat`],
];

/**
 * How long ago a process was started, milliseconds, as `showStarts` printed it. The kernel counts both starts by one clock,
 * which goes on while the machine sleeps. /proc/uptime is another one in a container that has its own.
 * @returns null: it cannot be known. Where /proc hides the process (`hidepid`), what systemd says: too much by every
 * sleep of the machine before its start, never too little.
 */
export function processAge(printed: string, { pid, startedMonotonic }: MainProcess): number | null {
  const [own = '', ...rest] = printed.split('\n');
  const now = startTicks(statFields(own));
  if (now === null) return null;
  const other = rest.join('\n');
  const started = other.startsWith(`${pid} (`) ? startTicks(statFields(other)) : null;
  const ms = started === null ? startedMonotonic / 1000 : (started * 1000) / TICKS;
  return (now * 1000) / TICKS - ms;
}
