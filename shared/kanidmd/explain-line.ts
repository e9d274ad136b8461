import { troubleOf } from './causes';
import { type ReadLine, readLine, type RoundHead } from './log-line';
import { shortened } from './span-text';

/** What a log line means, for a person who reads many. */
export interface ExplainedLine {
  readonly level: 'info' | 'good' | 'warn' | 'bad';
  readonly meaning: string;
  /** The pull it belongs to, when it names one. */
  readonly pull: { readonly consumer: string; readonly supplier: string } | null;
}

export interface LineContext {
  /** The server whose log it is. */
  readonly consumer: string;
  /** The fleet's id for a dialled host and its ports; null: not in the fleet. */
  readonly serverAt: (host: string, ports: readonly number[]) => string | null;
}

/**
 * Says in few words what a line of kanidmd's log means. A line that means nothing special is shown as it is.
 * @param parsed the line taken apart, where somebody has done so.
 */
export function explainLine(
  text: string,
  context: LineContext,
  parsed: ReadLine | null = readLine(shortened(text)),
): ExplainedLine {
  if (parsed === null)
    return plain(/^ERROR|Unable to parse|❌|refused to start/.test(text) ? 'bad' : 'info', text);
  const { head, round, message } = parsed;
  if (round !== null) return explainRound(round, context);
  const known = phrases.find(([says]) => says.test(message));
  if (known) return { level: known[1], meaning: known[2] ?? message, pull: null };
  if (parsed.level === 'error' || parsed.level === 'warn') {
    const trouble = troubleOf(message);
    const level = parsed.level === 'error' ? 'bad' : 'warn';
    return plain(trouble?.health === 'needs-refresh' ? 'warn' : level, trouble ? trouble.cause : message);
  }
  return plain('info', message || (head?.name ?? text));
}

function explainRound(
  { kind, host, ports, took }: RoundHead,
  { consumer, serverAt }: LineContext,
): ExplainedLine {
  const supplier = serverAt(host, ports);
  const time = took === null ? '' : ` · ${took < 10 ? took.toFixed(1) : Math.round(took)} ms`;
  return {
    level: 'info',
    meaning: `${roundWords[kind]} ${supplier ?? (host || '?')}${time}`,
    pull: supplier === null ? null : { consumer, supplier },
  };
}

const roundWords: Readonly<Record<RoundHead['kind'], string>> = {
  incremental: 'pull from',
  refresh: 'refresh from',
};

const phrases: readonly (readonly [RegExp, ExplainedLine['level'], string?])[] = [
  [/^Incremental Replication Success/, 'good', 'round ok'],
  [/^Replication refresh was successful/, 'good', 'refresh done: this database was replaced'],
  [/^Starting Kanidmd \| version: /, 'info'],
  [/^Starting replication interface/, 'info'],
  [/^[Rr]eady to rock/, 'good', 'ready'],
  [/This will happen \*now\*/, 'warn', 'automatic refresh: this database is being replaced now'],
];

const plain = (level: ExplainedLine['level'], meaning: string): ExplainedLine => ({
  level,
  meaning: meaning.length > 400 ? `${meaning.slice(0, 400)} …` : meaning,
  pull: null,
});
