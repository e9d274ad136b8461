import { escapeControls, onOneLine } from '../../../shared/base/escape-controls';
import type { Paint } from './paint';

/** Rows as aligned columns, as one text; see `tableLines`. */
export const table = (...how: Parameters<typeof tableLines>): string => tableLines(...how).join('\n');

/**
 * Rows as aligned columns, two spaces between, one line each whatever a cell holds. The last column is not padded.
 * @param paint colours a cell after it was measured, so that colours do not disturb the columns.
 */
export function tableLines(
  cells: readonly (readonly string[])[],
  paint: (text: string, column: number, row: number) => string = (text) => text,
): readonly string[] {
  const rows = cells.map((row) => row.map((cell) => onOneLine(cell).trimEnd()));
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, width(cell))));
  return rows.map((row, index) =>
    row
      .map((cell, column) => {
        const gap = column === row.length - 1 ? '' : ' '.repeat((widths[column] ?? 0) - width(cell) + 2);
        return paint(cell, column, index) + gap;
      })
      .join('')
      .trimEnd(),
  );
}

/** Columns on a terminal, near enough for ids, versions and words. */
const width = (text: string): number => [...text].length;

/** Every line with spaces before it; empty lines stay empty. */
export const indent = (text: string, spaces: number): string => text.replace(/^(?=.)/gm, ' '.repeat(spaces));

/** Lines, one a row, below each what to do about it. @param fixes one a row; empty: there is nothing to do */
export function withFixes(
  heads: readonly string[],
  fixes: readonly string[],
  paint: Paint,
): readonly string[] {
  return fixes.flatMap((fix, row) => [
    heads[row] ?? '',
    ...(fix === '' ? [] : [indent(paint.quiet(escapeControls(fix.trimEnd())), 4)]),
  ]);
}

/** Lines as of `withFixes`, below a title. */
export const titled = (title: string, ...lines: Parameters<typeof withFixes>): string =>
  [title, ...withFixes(...lines)].join('\n');
