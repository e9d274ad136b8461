import type { LogEvidence, LogLine } from '../observed';
import { mostSpecific, troubleOf } from './causes';
import type { Round, RoundOutcome, Trouble } from './health';
import { type ParsedLine, parseLine } from './log-line';

/** Rounds kept: enough for a chart, bounded for a log that is followed for months. */
const MOST_ROUNDS = 2000;
const MOST_TROUBLES = 200;
/** Lines kept of one span, for evidence; a refresh of 1.2.0 prints thousands. */
const MOST_LINES = 40;
/** Lines of one span arrive together, but not at one moment: a bare head this young is still arriving. Microseconds. */
const STILL_ARRIVING = 1_000_000;

/** A round's head and its lines so far: a span prints its head first, all lines follow under its uuid. */
interface OpenSpan {
  readonly at: number;
  readonly span: string;
  readonly kind: Round['kind'];
  readonly host: string;
  readonly ports: readonly number[];
  readonly took: number | null;
  readonly messages: string[];
  readonly lines: string[];
  succeeded: boolean;
}

/**
 * Reads a server's log line by line and says what it proves since the server's last start. A start forgets everything
 * before it: rounds of an earlier process prove nothing about this one (`design.md`, "Health, honestly").
 */
export class LogReader {
  private startedAt: number | null = null;
  private runningVersion: string | null = null;
  private listening = false;
  private spans = new Map<string, OpenSpan>();
  private troubles: (Trouble & { readonly at: number })[] = [];

  /** @param from microseconds, the server's clock: silence before it proves nothing. */
  constructor(private readonly from: number) {}

  push(line: LogLine): void {
    const parsed = parseLine(line.text);
    if (parsed === null) return;
    const version = /^Starting Kanidmd \| version: (\S+)/.exec(parsed.message)?.[1];
    if (version !== undefined) this.started(line.at, version);
    if (parsed.message.startsWith('Starting replication interface')) this.listening = true;
    if (/^Stopped Replication/.test(parsed.message)) this.listening = false;
    const open = parsed.span === null ? undefined : this.spans.get(parsed.span);
    if (open) this.within(open, parsed, line);
    else if (parsed.span !== null && parsed.head && roundOf(parsed.head.name)) this.opened(parsed, line);
    else this.outside(parsed, line);
  }

  /** @param to microseconds, the server's clock: how far the log was read. */
  evidence(to: number): LogEvidence {
    return {
      from: this.from,
      to,
      startedAt: this.startedAt,
      runningVersion: this.runningVersion,
      listening: this.listening,
      rounds: [...this.spans.values()].filter((span) => !isArriving(span, to)).map(closeRound),
      troubles: this.troubles,
    };
  }

  private started(at: number, version: string): void {
    this.startedAt = at;
    this.runningVersion = version;
    this.listening = false;
    this.spans = new Map();
    this.troubles = [];
  }

  private opened(parsed: ParsedLine, line: LogLine): void {
    const { span, head } = parsed;
    const kind = head ? roundOf(head.name) : null;
    if (span === null || !head || kind === null) return;
    if (this.spans.size >= MOST_ROUNDS) {
      const oldest = this.spans.keys().next();
      if (!oldest.done) this.spans.delete(oldest.value);
    }
    this.spans.set(span, {
      at: line.at,
      span,
      kind,
      // 1.2.0 says domain where later versions say server_name (kanidm.md).
      host: (head.keys.get('server_name') ?? head.keys.get('domain') ?? '').toLowerCase(),
      ports: [...(head.keys.get('sock_addrs') ?? '').matchAll(/:(\d+)(?=[,\]])/g)].map((match) =>
        Number(match[1]),
      ),
      took: head.took,
      messages: [],
      lines: [line.text],
      succeeded: false,
    });
  }

  private within(open: OpenSpan, parsed: ParsedLine, line: LogLine): void {
    if (open.lines.length < MOST_LINES || parsed.level !== 'info') open.lines.push(line.text);
    if (parsed.level === 'error' || parsed.level === 'warn') open.messages.push(parsed.message);
    if (open.kind === 'incremental' && parsed.message.startsWith('Incremental Replication Success'))
      open.succeeded = true;
    if (open.kind === 'refresh' && parsed.message.startsWith('Replication refresh was successful'))
      open.succeeded = true;
  }

  private outside(parsed: ParsedLine, line: LogLine): void {
    if (parsed.level !== 'error' && parsed.level !== 'warn') return;
    const trouble = troubleOf(parsed.message);
    if (trouble === null) return;
    this.troubles.push({ ...trouble, at: line.at });
    if (this.troubles.length > MOST_TROUBLES) this.troubles.shift();
  }
}

/**
 * What a stretch of a server's log proves.
 * @param from where reading began, microseconds, the server's clock.
 * @param to where it ended.
 */
export function readLog(lines: readonly LogLine[], from: number, to: number): LogEvidence {
  const reader = new LogReader(from);
  for (const line of lines) reader.push(line);
  return reader.evidence(to);
}

const roundOf = (span: string): Round['kind'] | null =>
  span === 'repl_run_consumer' ? 'incremental' : span === 'repl_run_consumer_refresh' ? 'refresh' : null;

const isArriving = (open: OpenSpan, now: number): boolean =>
  !open.succeeded && open.messages.length === 0 && now >= open.at && now - open.at < STILL_ARRIVING;

function closeRound(open: OpenSpan): Round {
  const { at, span, kind, host, ports, took, lines } = open;
  return { at, span, kind, supplierHost: host, ports, took, outcome: outcomeOf(open), lines };
}

/** "Success" counts only where nothing in the span speaks against it (`kanidm.md`, first row of the table). */
function outcomeOf(open: OpenSpan): RoundOutcome {
  const trouble = mostSpecific(open.messages);
  if (trouble !== null) return { kind: 'trouble', trouble };
  if (open.succeeded) return { kind: 'success' };
  if (open.kind === 'refresh' && open.lines.length === 1) return { kind: 'trouble', trouble: skipped(open) };
  return {
    kind: 'trouble',
    trouble: {
      code: 'round-unclear',
      health: 'unknown',
      cause: 'A round ended without saying that it worked.',
      fix: 'Read its lines; wait for the next round.',
      evidence: open.messages[0] ?? open.lines[0] ?? '',
    },
  };
}

/** A refresh span without a line: every supplier is asked, the first to answer wins, the others find it done (rule 2). */
const skipped = (open: OpenSpan): Trouble => ({
  code: 'refresh-skipped',
  health: 'unknown',
  cause: 'Another supplier answered the refresh first; nothing was taken from this one.',
  fix: '',
  evidence: open.lines[0] ?? '',
});
