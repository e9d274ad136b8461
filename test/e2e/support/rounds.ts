/** One run of a pull as the consumer's own log tells it. */
export interface SeenRound {
  readonly kind: 'incremental' | 'refresh';
  /** Host of the supplier, `idm-a.localhost`. */
  readonly supplier: string;
  /** The log says that it worked. */
  readonly good: boolean;
  /** When it was written, microseconds since the epoch. */
  readonly at: number;
}

const HEAD =
  /^(\S+) \w+\s+(repl_run_consumer|repl_run_consumer_refresh) \[.*\b(?:server_name|domain): "?([^\s"]+)/;
const WORKED = {
  incremental: 'Incremental Replication Success',
  refresh: 'Replication refresh was successful.',
};

/**
 * Reads rounds out of a kanidmd log. Written for the tests alone and knowing nothing of Kanilink's own reader, so that
 * one mistake does not hide in both.
 *
 * @param lines a journal's lines with their times in microseconds
 */
export function readRounds(
  lines: readonly { readonly at: number; readonly text: string }[],
): readonly SeenRound[] {
  const rounds: SeenRound[] = [];
  for (const [place, { at, text }] of lines.entries()) {
    const [, span, name, supplier] = HEAD.exec(text) ?? [];
    if (span === undefined || supplier === undefined) continue;
    const kind = name === 'repl_run_consumer' ? 'incremental' : 'refresh';
    // The lines of a span follow its head under the same uuid.
    const own = [];
    for (const line of lines.slice(place)) {
      if (!line.text.startsWith(span)) break;
      own.push(line.text);
    }
    const good = own.some((line) => line.includes(WORKED[kind])) && !own.some((line) => / ERROR /.test(line));
    rounds.push({ kind, supplier, good, at });
  }
  return rounds;
}
