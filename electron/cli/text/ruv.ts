import { describePull } from '../../../shared/fleet/model/fleet';
import { leavesOpen } from '../../../shared/ruv/judge-ruv';
import type { RuvReport } from '../../../shared/ruv/ruv';
import type { Paint } from './paint';
import { tableLines, titled } from './table';

/** How far changes have come, as one table; what is not well says what to do. */
export function ruvText({ servers, pulls }: RuvReport, paint: Paint): string {
  const rows = [
    ...servers.map(({ state, server, cause, fix }) => ({ mark: marks[state], name: server, cause, fix })),
    ...pulls.map((it) => ({
      ...{ mark: it.changes === null ? '?' : it.changes === 0 ? '✓' : '…', name: describePull(it) },
      ...{ cause: it.cause, fix: it.fix },
    })),
  ];
  if (rows.length === 0) return '';
  const heads = tableLines(
    rows.map(({ mark, name, cause }) => [`${mark} ${name}`, cause]),
    (text, column, row) => (column === 0 && rows[row]?.mark === '✗' ? paint.bad(text) : text),
  );
  const fixes = rows.map(({ fix }) => fix);
  return titled('Changes (RUV):', heads, fixes, paint);
}

/** Every server was read, none went back, and of every pull it is known how far behind it is. How far is no fault. */
export const allRead = ({ servers, pulls }: RuvReport): boolean =>
  servers.every(({ state }) => state === 'read') && pulls.every(({ changes }) => changes !== null);

/** Nobody went back, nor leaves open whether it did. Who was not read is no fault where nobody asked. */
export const nothingOpen = ({ servers }: RuvReport): boolean => !servers.some(leavesOpen);

/** Never colour alone. */
const marks = { read: '✓', 'went-back': '✗', unknown: '?' } as const;
