import { troubleOf } from './causes';
import { parseLine } from './log-line';

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

/** Says in few words what a line of kanidmd's log means; a line that means nothing special is shown as it is. */
export function explainLine(text: string, context: LineContext): ExplainedLine {
  const parsed = parseLine(text);
  if (parsed === null)
    return plain(/^ERROR|Unable to parse|❌|refused to start/.test(text) ? 'bad' : 'info', text);
  const { head, message } = parsed;
  const kind = head === null ? null : pullSpans[head.name];
  if (head && kind !== undefined) {
    const host = head.keys.get('server_name') ?? head.keys.get('domain') ?? '?';
    const ports = [...(head.keys.get('sock_addrs') ?? '').matchAll(/:(\d+)(?=[,\]])/g)].map((it) =>
      Number(it[1]),
    );
    const supplier = context.serverAt(host.toLowerCase(), ports);
    const took =
      head.took === null ? '' : ` · ${head.took < 10 ? head.took.toFixed(1) : Math.round(head.took)} ms`;
    const pull = supplier === null ? null : { consumer: context.consumer, supplier };
    return { level: 'info', meaning: `${kind} ${supplier ?? host}${took}`, pull };
  }
  const known = phrases.find(([says]) => says.test(message));
  if (known) return { level: known[1], meaning: known[2] ?? message, pull: null };
  if (parsed.level === 'error' || parsed.level === 'warn') {
    const trouble = troubleOf(message);
    const level = parsed.level === 'error' ? 'bad' : 'warn';
    return plain(
      trouble?.health === 'needs-refresh' ? 'warn' : level,
      trouble ? `${trouble.cause}` : message,
    );
  }
  return plain('info', message || (head?.name ?? text));
}

const pullSpans: Readonly<Record<string, string>> = {
  repl_run_consumer: 'pull from',
  repl_run_consumer_refresh: 'refresh from',
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
