/**
 * Rows as aligned columns, two spaces between. The last column is not padded.
 * @param paint colours a cell after it was measured, so that colours do not disturb the columns.
 */
export function table(
  rows: readonly (readonly string[])[],
  paint: (text: string, column: number, row: number) => string = (text) => text,
): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, width(cell))));
  return rows
    .map((row, at) =>
      row
        .map((cell, column) => {
          const gap = column === row.length - 1 ? '' : ' '.repeat((widths[column] ?? 0) - width(cell) + 2);
          return paint(cell, column, at) + gap;
        })
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

/** Columns on a terminal, near enough for ids, versions and words. */
const width = (text: string): number => [...text].length;

/** Every line with spaces before it; empty lines stay empty. */
export const indent = (text: string, spaces: number): string => text.replace(/^(?=.)/gm, ' '.repeat(spaces));
