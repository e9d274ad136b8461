import { isoOfMicros } from '../../shared/base/micros';
import type { LogRow } from '../live/log/fold';
import type { HeldLine } from '../live/log/log-store';

/** One row of the list as it is drawn: a row of the log, or a line that lies behind one. */
export interface LogItem extends Omit<LogRow, 'pull'> {
  /** It lies behind a row. */
  readonly within?: true;
}

/** Lines behind it, itself not counted; 0: behind it is the line as it was written. */
export const moreBehind = ({ lines }: LogItem): number => lines.length - 1;

/** The rows, and after each that is unfolded the lines that lie behind it. A million rows are not copied. */
export function itemsOf(rows: readonly LogRow[], unfolded: ReadonlySet<string>): readonly LogItem[] {
  if (unfolded.size === 0) return rows;
  const items: LogItem[] = [];
  let from = 0;
  rows.forEach((row, index) => {
    if (row.lines.length === 1 || !unfolded.has(row.key)) return;
    for (; from <= index; from += 1) items.push(rows[from] ?? row);
    items.push(...row.lines.map((line) => behind(row, line)));
  });
  return items.concat(rows.slice(from));
}

const behind = (row: LogRow, line: HeldLine): LogItem => ({
  key: `${row.key}/${line.number}`,
  first: line,
  level: line.level,
  meaning: line.meaning || line.raw,
  within: true,
  lines: [line],
});

/** Lines as text for a clipboard or a file: the server's time in UTC, the server, how bad it is, the line itself. */
export const textOf = (lines: readonly HeldLine[]): string =>
  lines
    .map(({ at, server, level, raw, meaning }) =>
      [isoOfMicros(at), server, level.padEnd(4), raw || meaning].join(' '),
    )
    .join('\n');
