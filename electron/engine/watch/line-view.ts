import type { LogLineView } from '../../../shared/ipc';
import { stylesOf } from '../../../shared/base/text-styles';
import { bootstrapOf } from '../../../shared/versions/bootstrap';
import { gapKey } from '../../../shared/ipc/log-remark';
import { explainLine, type LineContext } from '../../../shared/kanidmd/explain-line';
import { type ReadLine, readLine } from '../../../shared/kanidmd/log-line';
import { shortened } from '../../../shared/kanidmd/span-text';
import type { LogItem } from '../connect/connection';
import type { LineGroups } from './line-groups';
import type { TailItem } from './log-tail';
import type { Place } from './told-lines';

/** Characters shown of one line; no kanidmd prints longer ones, a program that writes in its name may. */
const LONGEST_LINE = 64 * 1024;

/** Lines may be missing after that one; it is said once, however often the log is read. */
export const gapAfter = (
  { key, at }: Place,
  { server, offset, reason }: { readonly server: string; readonly offset: number; readonly reason: string },
): LogLineView => ({
  key: gapKey(key, reason),
  ...{ at, offset, server, group: null, bootstrap: null, level: 'warn', raw: '', pull: null },
  meaning: `Lines may be missing here: ${reason}`,
});

type Line = (LogItem | TailItem) & { readonly kind: 'line' };

const readOf = (item: Line, text: string): ReadLine | null =>
  'read' in item ? item.read : readLine(shortened(text));

/** A line as a person is shown it. @param offset the server's clock minus ours, microseconds */
export function viewOf(item: Line, context: LineContext, offset: number, groups: LineGroups): LogLineView {
  const text =
    item.text.length <= LONGEST_LINE
      ? item.text
      : `${item.text.slice(0, LONGEST_LINE)} … (${item.text.length - LONGEST_LINE} more characters)`;
  const read = readOf(item, text);
  const explained = explainLine(text, context, read);
  const trouble = explained.level === 'warn' || explained.level === 'bad';
  const styles = stylesOf(text);
  // Written out, field by field: of a million lines each spread is felt.
  const line = {
    key: item.cursor,
    at: item.at,
    offset,
    server: context.consumer,
    group: groups.of(item, read),
    bootstrap: trouble && read !== null ? bootstrapOf(read.message) : null,
    level: explained.level,
    meaning: explained.meaning,
    pull: explained.pull,
    raw: text,
  };
  return styles.length > 0 ? { ...line, styles } : line;
}
