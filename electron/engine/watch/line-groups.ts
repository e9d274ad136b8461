import type { ReadLine } from '../../../shared/kanidmd/log-line';
import { StartReader } from '../../../shared/kanidmd/start-reader';

/** A start is over after so long, whether it ended or not: what comes then stands for itself. Microseconds. */
const LONGEST_START = 120_000_000;
/** Spans of rounds that are remembered: their lines come right after their heads. */
const MOST_SPANS = 50;

/**
 * Which lines of one server belong together: those of a span, and those of a start, from its first line until it serves
 * or has stopped. A round within a start stays a round.
 */
export class LineGroups {
  private start: { readonly key: string; readonly at: number } | null = null;
  private readonly starts = new StartReader();
  private readonly rounds = new Set<string>();

  /**
   * The group of the next line; null: it stands alone.
   * @param read the line taken apart; null: it is not in kanidmd's form.
   */
  of({ cursor, at }: { readonly cursor: string; readonly at: number }, read: ReadLine | null): string | null {
    if (read === null) return this.current(at);
    if (read.span === null && this.starts.read(read.message) !== null)
      this.start = { key: `start/${cursor}`, at };
    if (read.span !== null && (read.round !== null || this.rounds.has(read.span))) {
      this.rounds.add(read.span);
      if (this.rounds.size > MOST_SPANS) this.rounds.delete(this.rounds.values().next().value ?? '');
      return read.span;
    }
    const group = this.current(at) ?? read.span;
    if (/^([Rr]eady to rock|Stopped 🛑)/u.test(read.message)) this.start = null;
    return group;
  }

  private current(at: number): string | null {
    if (this.start !== null && at - this.start.at > LONGEST_START) this.start = null;
    return this.start?.key ?? null;
  }
}
