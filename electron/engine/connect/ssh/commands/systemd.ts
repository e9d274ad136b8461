/** Command lines of systemd. Argv. */

/** @param properties what `systemctl show` prints of the unit, `NAME=VALUE` a line. */
export const showUnit = (unit: string, properties: readonly string[]): readonly string[] => [
  ...['systemctl', 'show', unit, '--no-pager', `--property=${properties.join(',')}`],
];

/**
 * Waits until the job has ended.
 * @param unit with its suffix: `kanidmd.service`.
 */
export const changeUnit = (unit: string, verb: 'start' | 'stop' | 'restart'): readonly string[] => [
  ...['systemctl', verb, unit],
];
