import type { LogLineView } from '../../../shared/ipc';
import { count } from '../../base/words';
import type { HeldLine } from './log-store';

/** Lines that belong together, as one row: a round, a start, what else shares a span; most often one line. */
export interface LogRow {
  readonly key: string;
  /** In their order; never empty. */
  readonly lines: readonly HeldLine[];
  readonly first: HeldLine;
  readonly level: LogLineView['level'];
  readonly meaning: string;
  readonly pull: LogLineView['pull'];
}

/** Lines of one row; a group that has more goes on in a row of its own, for each line makes its row again. */
const MOST_IN_A_ROW = 2000;

/**
 * Rows of lines, which grow and shrink at both ends with the log. What a change costs goes by the lines that changed, and
 * hardly by those that are held.
 */
export class FoldedLog {
  rows: readonly LogRow[] = [];
  /** Where the newest row of a group lies, counted from the first row there ever was. */
  #places = new Map<string, number>();
  /** Rows that lay before the first one. */
  #gone = 0;
  /** Rows at the beginning that have lost their first lines. */
  #carried = 0;

  /** The lines from now on. */
  take(lines: readonly HeldLine[]): void {
    this.rows = [];
    this.#places = new Map();
    this.#gone = 0;
    this.#carried = 0;
    this.add(lines);
  }

  /** Lines that follow those before: each into its row, or a new one at the end. */
  add(lines: readonly HeldLine[]): void {
    const rows = this.rows.slice();
    const grown = new Map<number, HeldLine[]>();
    for (const line of lines) {
      const key = keyOf(line);
      const place = line.group === null ? undefined : this.#places.get(key);
      const members =
        place === undefined ? undefined : (grown.get(place) ?? rows[place - this.#gone]?.lines.slice());
      if (place !== undefined && members !== undefined && members.length < MOST_IN_A_ROW) {
        members.push(line);
        grown.set(place, members);
        continue;
      }
      if (line.group !== null) this.#places.set(key, this.#gone + rows.length);
      rows.push(rowOf(members === undefined ? key : `${key} ${line.number}`, [line]));
    }
    for (const [place, members] of grown) {
      const at = place - this.#gone;
      rows[at] = rowOf(rows[at]?.key ?? '', members);
    }
    this.rows = rows;
  }

  /** Takes the first lines away. */
  dropFirst(dropped: ReadonlySet<HeldLine>): void {
    const kept: LogRow[] = [];
    let at = 0;
    // Rows are in the order of their first lines, but for those at the beginning that lost theirs.
    for (
      let row = this.rows[at];
      row !== undefined && (at < this.#carried || dropped.has(row.first));
      row = this.rows[at]
    ) {
      const key = keyOf(row.first);
      if (this.#places.get(key) === this.#gone + at) this.#places.delete(key);
      at += 1;
      const lines = row.lines.filter((line) => !dropped.has(line));
      if (lines.length === row.lines.length) kept.push(row);
      else if (lines.length > 0) kept.push(rowOf(row.key, lines));
    }
    this.#carried = kept.length;
    this.#gone += at - kept.length;
    kept.forEach((row, n) => {
      const key = keyOf(row.first);
      if (row.first.group !== null && !this.#places.has(key)) this.#places.set(key, this.#gone + n);
    });
    this.rows = kept.concat(this.rows.slice(at));
  }

  /** Takes the last lines away; false: it cannot, and nothing was changed. */
  dropLast(dropped: ReadonlySet<HeldLine>): boolean {
    const places = new Set<number>();
    for (const line of dropped) {
      const place = line.group === null ? undefined : this.#places.get(keyOf(line));
      if (place !== undefined) places.add(place - this.#gone);
    }
    let end = this.rows.length;
    for (
      let row = this.rows[end - 1];
      row !== undefined && dropped.has(row.first);
      row = this.rows[end - 1]
    ) {
      // The row before it that the group would go on in is not known.
      if (row.key !== keyOf(row.first)) return false;
      end -= 1;
    }
    const rows = this.rows.slice(0, end);
    for (const place of places) {
      const row = rows[place];
      if (row === undefined) continue;
      const lines = row.lines.filter((line) => !dropped.has(line));
      if (lines.length === 0) return false;
      rows[place] = rowOf(row.key, lines);
    }
    for (const { first } of this.rows.slice(end)) this.#places.delete(keyOf(first));
    this.rows = rows;
    return true;
  }
}

const keyOf = ({ server, group, number }: HeldLine): string =>
  group === null ? String(number) : `${server} ${group}`;

function rowOf(key: string, lines: readonly HeldLine[]): LogRow {
  const [first = lines[0]] = lines;
  if (first === undefined) throw new Error('a row has lines');
  const fresh = lines.some((line) => line.bootstrap === 'sign');
  // What a server says that makes its first database is trouble only where none was made.
  const levels = lines.map((line) => (fresh && line.bootstrap !== null ? 'info' : line.level));
  const level = worst(levels);
  const pull = lines.find((line) => line.pull !== null)?.pull ?? null;
  const meaning =
    key === keyOf(first)
      ? meaningOf(lines, levels, level, fresh)
      : `more of the same · ${wordsOf(lines[levels.indexOf(level)] ?? first)}`;
  return { key, lines, first, level, pull, meaning };
}

function meaningOf(
  lines: readonly HeldLine[],
  levels: readonly LogLineView['level'][],
  level: LogLineView['level'],
  fresh: boolean,
): string {
  const [first] = lines;
  if (first === undefined) return '';
  if (lines.length === 1) return wordsOf(first);
  const telling = lines[levels.indexOf(level)] ?? first;
  if (first.group?.startsWith('start/') === true) return startWords(lines, levels, fresh, telling);
  if (first.pull !== null || /^(pull|refresh) from /.test(first.meaning))
    return roundWords(first, outcomeOf(lines, telling));
  return wordsOf(telling);
}

/** What a round came to: that it worked, unless something failed; what it said on the way lies behind the row. */
const outcomeOf = (lines: readonly HeldLine[], telling: HeldLine): HeldLine =>
  telling.level === 'bad' ? telling : (lines.find(({ level }) => level === 'good') ?? telling);

/** `pull from idm-a · round ok · 4.2 ms`. */
function roundWords(head: HeldLine, outcome: HeldLine): string {
  if (outcome === head) return wordsOf(head);
  const [what = '', time] = head.meaning.split(/ · (?=[\d.]+ ms$)/);
  return [what, wordsOf(outcome), ...(time === undefined ? [] : [time])].join(' · ');
}

function startWords(
  lines: readonly HeldLine[],
  levels: readonly LogLineView['level'][],
  fresh: boolean,
  telling: HeldLine,
): string {
  const version = /Starting Kanidmd \| version: (\S+)/.exec(lines[0]?.raw ?? '')?.[1];
  const serves = lines.some(({ raw }) => /ready to rock/i.test(raw));
  const times = (level: LogLineView['level']): number => levels.filter((it) => it === level).length;
  const [bad, warn] = [times('bad'), times('warn')];
  return [
    `kanidmd${version === undefined ? '' : ` ${version}`} ${serves ? 'started' : 'starts'}`,
    ...(fresh ? ['made a new, empty database'] : []),
    ...(bad > 0 ? [wordsOf(telling)] : []),
    ...(bad > 1 ? [count(bad, 'error')] : []),
    ...(warn > 0 ? [count(warn, 'warning')] : []),
  ].join(' · ');
}

const wordsOf = (line: HeldLine): string => line.meaning || line.raw;

const RANK = { info: 0, good: 1, warn: 2, bad: 3 } as const;
const worst = (levels: readonly LogLineView['level'][]): LogLineView['level'] =>
  levels.reduce((one, other) => (RANK[other] > RANK[one] ? other : one), 'info');
