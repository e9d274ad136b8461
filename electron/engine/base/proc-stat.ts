/** Clock ticks in a second as /proc counts, on every machine Node or kanidmd runs on. */
export const TICKS = 100;

/**
 * The fields of /proc/PID/stat from the state on (proc(5)): number 3 there is the first here. The program's name before
 * them stands in brackets and may hold any character, brackets and line breaks too.
 */
export const statFields = (stat: string): readonly string[] =>
  stat.slice(stat.lastIndexOf(')') + 2).split(/\s/);

/** Of these fields, the ticks from the boot to the start of the process; null: that is not there. */
export function startTicks(fields: readonly string[]): number | null {
  const ticks = fields[19] ?? '';
  return /^\d{1,15}$/.test(ticks) ? Number(ticks) : null;
}
