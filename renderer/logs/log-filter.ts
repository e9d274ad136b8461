import type { LogLineView } from '../../shared/ipc';
import { type LogLevel, logLevels } from '../../shared/log-levels';

export type Level = LogLineView['level'];

/** What the person wants to see of the log. */
export interface LogFilter {
  /** Text, or `/regular expression/` with the flag `i` meant. */
  readonly text: string;
  /** Null: all servers. */
  readonly server: string | null;
  readonly level: LogLevel;
}

export const everything: LogFilter = { text: '', server: null, level: 'all' };

/** What a log shows at first. */
export const replication: LogFilter = { ...everything, level: 'replication' };

/** The filter as a test of one line, or what is wrong with its expression. */
export type LineTest =
  | { readonly ok: true; readonly matches: (line: LogLineView) => boolean }
  | { readonly ok: false; readonly message: string };

/** Makes a filter's test; text is looked for in the meaning, the raw line and the server, capitals aside. */
export function lineTest(filter: LogFilter): LineTest {
  const text = textTest(filter.text.trim());
  if (typeof text === 'string') return { ok: false, message: text };
  return {
    ok: true,
    matches: (line) =>
      (filter.server === null || line.server === filter.server) &&
      logLevels[filter.level](line) &&
      (text(line.meaning) || text(line.raw) || text(line.server)),
  };
}

function textTest(text: string): ((value: string) => boolean) | string {
  if (text === '') return () => true;
  if (text.length > 2 && text.startsWith('/') && text.endsWith('/')) {
    try {
      const expression = new RegExp(text.slice(1, -1), 'i');
      return (value) => expression.test(value);
    } catch (cause) {
      return cause instanceof Error ? cause.message : 'This is not a regular expression.';
    }
  }
  const wanted = text.toLowerCase();
  return (value) => value.toLowerCase().includes(wanted);
}
