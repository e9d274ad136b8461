import type { LogBound, OlderLog } from '../../connection';

type Item = OlderLog['items'][number];

/**
 * The newest entries of a journal that is read backwards, as far as there is room. A gap takes room as a line does, and
 * gaps without a line between are one: what is no entry may come without end.
 */
export class NewestEntries {
  private readonly bound: LogBound;
  private readonly before: number;
  private items: Item[] = [];
  private lines = 0;
  private characters = 0;
  private from: number;
  /** The line that is held was not met yet. */
  private isSought: boolean;

  /** @param before microseconds, the server's clock: entries that were written later are left out. */
  constructor(before: number, bound: LogBound) {
    this.before = before;
    this.from = before;
    this.bound = bound;
    this.isSought = bound.held !== undefined;
  }

  /** There is a line among them. */
  get hasLines(): boolean {
    return this.lines > 0;
  }

  /** Takes the next older one. @returns false: there is no room for it. */
  take(item: Item): boolean {
    if (item.kind === 'line') {
      if (item.at > this.before) return true;
      if (this.isSought && item.cursor === this.bound.held) return this.beginAnew();
    } else if (this.items.at(-1)?.kind === 'gap') return true;
    const characters = this.characters + (item.kind === 'line' ? item.text : item.reason).length;
    if (this.hasLines && (this.items.length >= this.bound.lines || characters > this.bound.characters)) {
      // What is held may come yet, and room with it.
      return this.isSought && (item.kind === 'line' ? item.at : this.from) === this.before;
    }
    this.characters = characters;
    this.items.push(item);
    if (item.kind === 'line') {
      this.lines += 1;
      this.from = item.at;
    }
    return true;
  }

  /** What came until now is held, for it follows a line that is. */
  private beginAnew(): true {
    this.isSought = false;
    this.items = [];
    [this.lines, this.characters, this.from] = [0, 0, this.before];
    return true;
  }

  /** What was taken, in order. @param isAll the journal was read to its beginning. */
  stretch(isAll: boolean): OlderLog {
    return { items: [...this.items].reverse(), from: isAll ? null : this.from };
  }
}
