import { type Comparison, describeDifference } from '../../../shared/compare/comparison';
import { escapeControls } from '../../../shared/base/escape-controls';
import type { Paint } from './paint';
import { indent } from './table';

/** One pair: the verdict, the entries that differ by type and name, and what to do. */
export function comparisonText(made: Comparison, paint: Paint): string {
  const colour = { same: paint.good, differ: paint.bad, unknown: paint.warn }[made.result];
  const lines = [
    `${colour(`${symbol[made.result]} ${made.servers.join(' ~ ')}`)}  ${escapeControls(made.cause)}`,
    ...made.differing.map((entry) => indent(escapeControls(describeDifference(entry)), 4)),
  ];
  const more = made.differences - made.differing.length;
  if (more > 0) lines.push(indent(`and ${more} more`, 4));
  if (made.travelling > 0)
    lines.push(
      indent(`${made.travelling} more changed while they were compared, and had arrived a round later`, 4),
    );
  if (made.fix !== '') lines.push(indent(paint.quiet(escapeControls(made.fix)), 4));
  return lines.join('\n');
}

/** Never colour alone. */
const symbol: Readonly<Record<Comparison['result'], string>> = { same: '✓', differ: '✗', unknown: '?' };
