import { describePull } from '../../../shared/fleet/model/fleet';
import type { ServesReport } from '../../../shared/serves/serves';
import { servesWords } from '../../../shared/serves/serves-words';
import type { Paint } from './paint';
import { tableLines, titled } from './table';

type State = keyof typeof servesWords;

/** What was proved of HTTPS and logins as one table; what is not well says what to do. */
export function servesText({ servers, logins }: ServesReport, paint: Paint): string {
  const rows = [
    ...servers.map((it) => ({ ...it, name: it.server })),
    ...logins.map((it) => ({ ...it, name: describePull(it) })),
  ];
  if (rows.length === 0) return '';
  const heads = tableLines(
    rows.map(({ name, state, cause }) => [`${symbol[state]} ${name}`, servesWords[state], cause]),
    (text, column, row) => (column === 2 ? text : colourOf(rows[row]?.state ?? 'unknown', paint)(text)),
  );
  const fixes = rows.map(({ fix }) => fix);
  return titled('HTTPS and logins:', heads, fixes, paint);
}

/** True when every server serves and every session is good at the other end. */
export const allServe = ({ servers, logins }: ServesReport): boolean =>
  servers.every(({ state }) => state === 'serves') && logins.every(({ state }) => state === 'good');

/** Never colour alone. */
const symbol: Readonly<Record<State, string>> = { serves: '✓', good: '✓', broken: '✗', unknown: '?' };

const colourOf = (state: State, paint: Paint): ((text: string) => string) =>
  ({ serves: paint.good, good: paint.good, broken: paint.bad, unknown: paint.quiet })[state];
