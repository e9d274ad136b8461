import { Answers } from './answers';
import type { LogEvidence, LogLine } from './evidence';
import { mostSpecific, troubleOf } from './causes';
import { READ_BOTH_ENDS } from './causes/cause';
import type { Round, RoundOutcome, Trouble } from './health';
import { type ReadLine, readLine, type RoundHead } from './log-line';
import { toOpenTelemetry } from './read-output';
import { quoted, shortened, SpanText } from './span-text';
import { type Start, StartReader } from './start-reader';

/** Rounds kept: enough for a chart, bounded for a log that is followed for months. */
const MOST_ROUNDS = 2000;
const MOST_TROUBLES = 200;
/** Characters held of all spans together. Beyond it the oldest keep their head and what judges them. */
const MOST_HELD = 4_000_000;
/** Characters kept of an error that no cause names. */
const LONGEST_ERROR = 500;
/** Lines of one span arrive together, but not at one moment: a bare head this young is still arriving. Microseconds. */
const STILL_ARRIVING = 1_000_000;

/** A round's head and its lines so far: a span prints its head first, all lines follow under its uuid. */
interface OpenSpan {
  readonly at: number;
  readonly span: string;
  kind: Round['kind'];
  readonly host: string;
  readonly ports: readonly number[];
  readonly took: number | null;
  readonly automaticRefresh?: boolean;
  readonly text: SpanText;
  succeeded: boolean;
  /** Before 1.8 an automatic refresh happens inside the round that asked for it: "now" was said, and then that it is done. */
  refreshing: boolean;
  /** The first error in it that is not known by its words. */
  error: string | null;
  /** As it was last judged; null: something came since. */
  round: Round | null;
}

/** The one line outside kanidmd's log form that matters: after it comes nothing more. */
const announced = (text: string): ReadLine | null =>
  toOpenTelemetry(text)
    ? { span: null, level: 'warn', depth: 0, head: null, round: null, message: text.trim() }
    : null;

/**
 * Reads a server's log line by line and says what it proves since the server's last start. A start forgets everything
 * before it: rounds of an earlier process prove nothing about this one (`design.md`, "Health, honestly"). One that reads
 * across starts keeps them: what became of the database is the same, whichever process did it.
 */
export class LogReader {
  private startedAt: number | null = null;
  private runningVersion: string | null = null;
  private listening = false;
  private spans = new Map<string, OpenSpan>();
  private readonly answers = new Answers();
  private readonly starts = new StartReader();
  private troubles: (Trouble & { readonly at: number })[] = [];
  /** Characters held of all spans. */
  private held = 0;
  /** The spans whose lines are still held whole, oldest first. */
  private whole: OpenSpan[] = [];
  /** The rounds as they were last asked for; null: something came since, or a round was still arriving. */
  private rounds: readonly Round[] | null = null;
  /** Lines may be missing between the last line and the next one. */
  private lacking = false;
  /** Goes up with every line that says something: as long as it stays, so does the evidence. */
  revision = 0;

  /** @param from microseconds, the server's clock: silence before it proves nothing. */
  constructor(
    private from: number,
    private readonly acrossStarts = false,
  ) {}

  /** Lines may be missing here: silence before the next line proves nothing, as if reading began there. */
  gap(): void {
    this.lacking = true;
    this.revision += 1;
  }

  /** @param read the line taken apart, where somebody has done so: `readLine(shortened(text))`. */
  push(given: LogLine, read?: ReadLine | null): void {
    const line = { at: given.at, text: shortened(given.text) };
    if (this.lacking) this.from = Math.max(this.from, line.at);
    this.lacking = false;
    const parsed = (read === undefined ? readLine(line.text) : read) ?? announced(line.text);
    if (parsed === null) return;
    this.revision += 1;
    this.rounds = null;
    const start = parsed.span === null ? this.starts.read(parsed.message) : null;
    if (start !== null) this.started(line.at, start);
    if (parsed.message.startsWith('Starting replication interface')) this.listening = true;
    if (/^Stopped Replication/.test(parsed.message)) this.listening = false;
    const open = parsed.span === null ? undefined : this.spans.get(parsed.span);
    if (open) this.within(open, parsed, line);
    else if (parsed.span !== null && parsed.round) this.opened(parsed.span, parsed.round, line);
    else this.outside(parsed, line);
  }

  /** @param to microseconds, the server's clock: how far the log was read. */
  evidence(to: number): LogEvidence {
    return {
      from: this.lacking ? Math.max(this.from, to) : this.from,
      to,
      startedAt: this.startedAt,
      runningVersion: this.runningVersion,
      listening: this.listening,
      rounds: this.roundsUntil(to),
      troubles: this.troubles,
    };
  }

  /** Judged once, however often it is asked: a watch asks twice a second, and most of the time nothing has come. */
  private roundsUntil(to: number): readonly Round[] {
    if (this.rounds !== null) return this.rounds;
    const spans = [...this.spans.values()];
    const arrived = spans.filter((span) => !isArriving(span, to));
    const rounds = arrived.map((span) => (span.round ??= closeRound(span)));
    if (arrived.length === spans.length) this.rounds = rounds;
    return rounds;
  }

  private started(at: number, { version }: Start): void {
    this.startedAt = at;
    this.runningVersion = version;
    this.listening = false;
    if (this.acrossStarts) return;
    this.spans = new Map();
    this.troubles = [];
    this.whole = [];
    this.held = 0;
  }

  private opened(span: string, round: RoundHead, line: LogLine): void {
    if (this.spans.size >= MOST_ROUNDS) this.forgetOldest();
    const opened: OpenSpan = {
      ...{ at: line.at, span },
      ...round,
      text: new SpanText(line.text),
      succeeded: false,
      refreshing: false,
      error: null,
      round: null,
    };
    this.spans.set(span, opened);
    this.whole.push(opened);
    this.hold(opened.text.size);
  }

  private forgetOldest(): void {
    const oldest = this.spans.values().next();
    if (oldest.done) return;
    this.spans.delete(oldest.value.span);
    this.held -= oldest.value.text.size;
    if (this.whole[0] === oldest.value) this.whole.shift();
  }

  /** Counts what is held more. What is too much is dropped from the oldest spans. */
  private hold(more: number): void {
    this.held += more;
    while (this.held > MOST_HELD) {
      const oldest = this.whole.shift();
      if (oldest === undefined) return;
      this.held -= oldest.text.size;
      oldest.text.shrink();
      this.held += oldest.text.size;
      oldest.round = null;
    }
  }

  private within(open: OpenSpan, parsed: ReadLine, line: LogLine): void {
    const before = open.text.size;
    open.text.add(line.text, parsed);
    open.round = null;
    const { level, message } = parsed;
    if (level === 'error') open.error ??= message.slice(0, LONGEST_ERROR);
    if (open.kind === 'incremental' && message.startsWith('Incremental Replication Success'))
      open.succeeded = true;
    if (/^Consumer is out of date .{0,40}This will happen \*now\*/.test(message)) open.refreshing = true;
    if (message.startsWith('Replication refresh was successful')) refreshDone(open);
    this.hold(open.text.size - before);
  }

  private outside(parsed: ReadLine, line: LogLine): void {
    this.answers.push(parsed);
    if (parsed.level !== 'error' && parsed.level !== 'warn') return;
    const trouble = troubleOf(parsed.message) ?? this.answers.unnamed(parsed);
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

/** The data was taken: why it had to be is no trouble any more. */
function refreshDone(open: OpenSpan): void {
  if (open.kind === 'incremental' && !open.refreshing) return;
  if (open.kind === 'incremental') {
    open.text.forgetMessages();
    open.error = null;
  }
  open.kind = 'refresh';
  open.succeeded = true;
}

const isArriving = (open: OpenSpan, now: number): boolean =>
  !open.succeeded && open.text.messages.length === 0 && now >= open.at && now - open.at < STILL_ARRIVING;

function closeRound(open: OpenSpan): Round {
  const { at, span, kind, host, ports, took, automaticRefresh, text } = open;
  return {
    at,
    span,
    kind,
    supplierHost: host,
    ports,
    took,
    ...(automaticRefresh === undefined ? {} : { automaticRefresh }),
    outcome: outcomeOf(open),
    lines: [...text.lines],
  };
}

/** "Success" counts only where nothing in the span speaks against it (`kanidm.md`, "What the lines mean"). */
function outcomeOf(open: OpenSpan): RoundOutcome {
  const trouble = mostSpecific(open.text.messages);
  if (trouble !== null) return { kind: 'trouble', trouble };
  if (open.succeeded)
    return open.error === null ? { kind: 'success' } : { kind: 'trouble', trouble: besides(open.error) };
  if (open.kind === 'refresh' && open.text.silent) return { kind: 'trouble', trouble: skipped(open) };
  if (open.error !== null) return { kind: 'trouble', trouble: failed(open.error) };
  return {
    kind: 'trouble',
    trouble: {
      code: 'round-unclear',
      health: 'unknown',
      cause: 'A round ended without saying that it worked.',
      fix: 'Read its lines; wait for the next round.',
      evidence: open.text.messages[0] ?? open.text.lines[0] ?? '',
    },
  };
}

/** An error that no cause names ended it: the server's own words say more than ours. */
const failed = (message: string): Trouble => ({
  code: 'round-failed',
  health: 'broken',
  cause: `The latest round failed: ${quoted(message)}`,
  fix: READ_BOTH_ENDS,
  evidence: message,
});

/** It says that it worked, and an error that no cause names stands beside that: one of the two is not true. */
const besides = (message: string): Trouble => ({
  code: 'round-with-error',
  health: 'unknown',
  cause: `The latest round says that it worked, with an error beside it: ${quoted(message)}`,
  fix: READ_BOTH_ENDS,
  evidence: message,
});

/** A refresh span without a line: every supplier is asked, the first to answer wins, the others find it done (rule 2). */
const skipped = (open: OpenSpan): Trouble => ({
  code: 'refresh-skipped',
  health: 'unknown',
  cause: 'Another supplier answered the refresh first; nothing was taken from this one.',
  fix: '',
  evidence: open.text.lines[0] ?? '',
});
