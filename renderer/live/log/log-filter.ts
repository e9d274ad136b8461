import type { LogLineView } from '../../../shared/ipc';
import { type LogLevel, logLevels } from '../../../shared/ipc/log-levels';
import { linearExpression } from './linear-expression';

/** What the person wants to see of the log. */
export interface LogFilter {
  /** Text, or `/regular expression/`, capitals aside (`linear-expression.ts`). */
  readonly text: string;
  /** Null: all servers. */
  readonly server: string | null;
  readonly level: LogLevel;
  /** The two servers of a link: what belongs to its pulls, both ways. Null: all. */
  readonly link: readonly [string, string] | null;
  /** Lines that belong together, of one server. Null: all. */
  readonly span: { readonly server: string; readonly group: string } | null;
}

export const everything: LogFilter = { text: '', server: null, level: 'all', link: null, span: null };

/** What a log shows at first. */
export const replication: LogFilter = { ...everything, level: 'replication' };

/** Whether less is shown than at first. */
export const isNarrowed = (filter: LogFilter): boolean => chipsOf(filter).length > 0;

/** One thing the filter asks for, in words, with what it is without it. Two may say the same words, never of one kind. */
interface LogChip {
  readonly kind: keyof LogFilter;
  readonly words: string;
  readonly without: LogFilter;
}

/** Each thing the filter asks for. */
export function chipsOf(filter: LogFilter): readonly LogChip[] {
  const { text, server, level, link, span } = filter;
  const chip = (kind: keyof LogFilter, words: string): LogChip => ({
    kind,
    words,
    without: { ...filter, [kind]: replication[kind] },
  });
  return [
    ...(text.trim() === '' ? [] : [chip('text', text.trim())]),
    ...(server === null ? [] : [chip('server', server)]),
    ...(link === null ? [] : [chip('link', link.join(' – '))]),
    ...(span === null ? [] : [chip('span', `lines of one span on ${span.server}`)]),
    ...(level === replication.level ? [] : [chip('level', LEVEL_WORDS[level])]),
  ];
}

/** The levels, in words. */
export const LEVEL_WORDS: Readonly<Record<LogLevel, string>> = {
  replication: 'replication and trouble',
  all: 'all lines',
  warn: 'warnings and failures',
  bad: 'failures',
};

/** The filter as a test of one line, or what is wrong with its expression. */
export type LineTest =
  | { readonly ok: true; readonly matches: (line: LogLineView) => boolean }
  | { readonly ok: false; readonly message: string };

/**
 * Makes a filter's test, for lines in their order: what follows the head of a round belongs to its link. Text is looked for in the meaning, the raw line and the server, capitals aside.
 */
export function lineTest(filter: LogFilter): LineTest {
  const text = textTest(filter.text.trim());
  if (typeof text === 'string') return { ok: false, message: text };
  const ofLink = linkTest(filter.link);
  const { span } = filter;
  return {
    ok: true,
    matches: (line) =>
      ofLink(line) &&
      (span === null || (line.server === span.server && line.group === span.group)) &&
      (filter.server === null || line.server === filter.server) &&
      logLevels[filter.level](line) &&
      (text(line.meaning) || text(line.raw) || text(line.server)),
  };
}

/** Rounds of a link that are remembered; then the oldest go, for their lines have come. */
const MOST_ROUNDS = 6000;
/** Those that stay: the oldest go together. */
const KEPT_ROUNDS = 5000;

function linkTest(link: LogFilter['link']): (line: LogLineView) => boolean {
  if (link === null) return () => true;
  /** Each round with the time of its head: a line that is read again may have been put before it. */
  const rounds = new Map<string, number>();
  return ({ pull, server, group, at }) => {
    const of = `${server} ${group ?? ''}`;
    if (pull !== null && link.includes(pull.consumer) && link.includes(pull.supplier)) {
      if (group !== null) {
        const head = Math.min(at, rounds.get(of) ?? at);
        // One that is told of again is among the newest again.
        rounds.delete(of);
        rounds.set(of, head);
        if (rounds.size > MOST_ROUNDS)
          for (const oldest of [...rounds.keys()].slice(0, -KEPT_ROUNDS)) rounds.delete(oldest);
      }
      return true;
    }
    return pull === null && group !== null && at >= (rounds.get(of) ?? Infinity);
  };
}

function textTest(text: string): ((value: string) => boolean) | string {
  if (text === '') return () => true;
  if (text.length > 2 && text.startsWith('/') && text.endsWith('/')) {
    try {
      return linearExpression(text.slice(1, -1));
    } catch (cause) {
      return cause instanceof Error ? cause.message : 'This is not a regular expression.';
    }
  }
  const wanted = text.toLowerCase();
  return (value) => value.toLowerCase().includes(wanted);
}
