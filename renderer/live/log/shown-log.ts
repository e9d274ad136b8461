import { FoldedLog, type LogRow } from './fold';
import { ExpressionTooLarge } from './linear-expression';
import { lineTest, type LogFilter, replication } from './log-filter';
import type { HeldLine, Taken } from './log-store';

/** What a filter shows of the lines that are held: the lines, and the same in rows. It follows them as they come and go. */
export class ShownLog {
  lines: readonly HeldLine[] = [];
  /** Why the filter's text cannot be used; empty: it can. */
  fault = '';
  readonly #folded = new FoldedLog();
  #filter: LogFilter = replication;
  /** It remembers which rounds are those of a link. */
  #test = lineTest(replication);
  /** The filter whose expression was too much work: it is not tried again. */
  #tooLarge: LogFilter | null = null;

  /** The same lines, those that belong together as one row. */
  get rows(): readonly LogRow[] {
    return this.#folded.rows;
  }

  /** Shows these lines, from the first one on. */
  show(filter: LogFilter, held: readonly HeldLine[]): void {
    this.#filter = filter;
    // Each reading from the first line on collects its rounds again.
    if (this.#tooLarge !== filter) this.#test = lineTest(filter);
    this.fault = this.#test.ok ? '' : this.#test.message;
    this.lines = this.matching(held);
    this.#folded.take(this.lines);
  }

  /** Goes on with what was taken, as far as that can be done without reading all again; false: it cannot. */
  goOn({ lines, dropped, late, changed }: Taken): boolean {
    if (changed) return false;
    if (dropped.length > 0) this.#dropFirst(new Set(dropped));
    if (late !== null && !this.#dropLast(new Set(late))) return false;
    const matching = this.matching(late ?? lines);
    if (matching.length === 0) return true;
    this.lines = this.lines.concat(matching);
    this.#folded.add(matching);
    return true;
  }

  /** Those that the filter asks for; all where its text cannot be used. */
  matching(lines: readonly HeldLine[]): readonly HeldLine[] {
    const test = this.#test;
    try {
      return test.ok ? lines.filter(test.matches) : lines.slice();
    } catch (cause) {
      if (!(cause instanceof ExpressionTooLarge)) throw cause;
      this.#tooLarge = this.#filter;
      this.#test = { ok: false, message: cause.message };
      this.fault = cause.message;
      return lines.slice();
    }
  }

  #dropFirst(dropped: ReadonlySet<HeldLine>): void {
    const first = this.lines.findIndex((line) => !dropped.has(line));
    this.lines = first < 0 ? [] : this.lines.slice(first);
    this.#folded.dropFirst(dropped);
  }

  #dropLast(late: ReadonlySet<HeldLine>): boolean {
    let end = this.lines.length;
    for (let line = this.lines[end - 1]; line !== undefined && late.has(line); line = this.lines[end - 1])
      end -= 1;
    this.lines = this.lines.slice(0, end);
    return this.#folded.dropLast(late);
  }
}
