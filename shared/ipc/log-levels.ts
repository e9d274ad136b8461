import type { LogLineView } from '.';

export const levelIds = ['all', 'replication', 'warn', 'bad'] as const;

/**
 * How much of a log is shown. `replication`: rounds, refreshes, starts, and all trouble, without the admin commands that
 * Kanilink itself causes by looking. `warn` and `bad`: that level and worse.
 */
export type LogLevel = (typeof levelIds)[number];

/** Whether a line is shown at a level; the window and the command line ask the same. */
export const logLevels: Readonly<Record<LogLevel, (line: LogLineView) => boolean>> = {
  all: () => true,
  replication: (line) => line.level !== 'info' || line.pull !== null || OF_REPLICATION.test(line.raw),
  warn: (line) => line.level === 'warn' || line.level === 'bad',
  bad: (line) => line.level === 'bad',
};

/** What kanidmd's lines about replication, starts and refreshes have in common (`kanidm.md`, "Health"). */
const OF_REPLICATION = /repl|supplier|consumer|starting kanidmd/i;
