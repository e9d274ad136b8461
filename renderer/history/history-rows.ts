import { describePull } from '../../shared/fleet/model/fleet';
import {
  EMPTY_COLUMN,
  type FleetHistory,
  type HistoryColumn,
  type PullHistory,
} from '../../shared/history/history';
import { count } from '../../shared/base/sentences';
import type { LoginsState, ServesState } from '../../shared/serves/serves';
import { servesWords } from '../../shared/serves/serves-words';
import { sentence, span } from '../base/words';
import { healthWords } from '../live/pull-view';

/** How long a stretch of the charts is. */
export const STRETCHES = [
  { id: 'hour', label: 'Hour', ms: 3_600_000 },
  { id: 'day', label: 'Day', ms: 86_400_000 },
  { id: 'week', label: 'Week', ms: 7 * 86_400_000 },
  { id: 'month', label: 'Month', ms: 30 * 86_400_000 },
] as const;

/** One column of a chart: what was seen in it, between two times in milliseconds since the epoch. */
export interface DrawnColumn extends HistoryColumn {
  readonly from: number;
  readonly to: number;
  /** Whether somebody watched in all of it, in a part, or nobody did. */
  readonly watched: 'all' | 'part' | 'none';
  /** The gravest that looks proved of the pull's logins in it, and of either end's HTTPS and logins; null: not looked at. */
  readonly logins: LoginsState | null;
  readonly consumerServes: ServesState | null;
  readonly supplierServes: ServesState | null;
}

/** A pull with what is drawn of it. */
export interface DrawnPull {
  readonly name: string;
  readonly pull: PullHistory;
  readonly columns: readonly DrawnColumn[];
}

/** The pulls of a stretch, drawn; of a server or a link only its own. */
export const drawnPulls = (
  history: FleetHistory,
  concerns: (pull: PullHistory) => boolean,
): readonly DrawnPull[] =>
  history.pulls.filter(concerns).map((pull) => ({
    name: describePull(pull),
    pull,
    columns: columnsOf(pull, history),
  }));

function columnsOf(pull: PullHistory, { from, to, step, servers }: FleetHistory): readonly DrawnColumn[] {
  const told = new Map(pull.columns.map((column) => [column.n, column]));
  const servesOf = (id: string) => gravestOf(servers.find((it) => it.id === id)?.serves ?? []);
  const [logins, consumer, supplier] = [
    gravestOf(pull.logins),
    servesOf(pull.consumer),
    servesOf(pull.supplier),
  ];
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, n) => {
    const [begin, end] = [from + n * step, Math.min(from + (n + 1) * step, to)];
    const column = told.get(n) ?? { n, ...EMPTY_COLUMN };
    const watched = column.watchedMs === 0 ? 'none' : column.watchedMs < end - begin ? 'part' : 'all';
    const looked = {
      ...{ logins: logins(begin, end), consumerServes: consumer(begin, end) },
      supplierServes: supplier(begin, end),
    };
    return { ...column, ...looked, from: begin, to: end, watched };
  });
}

/** What looks at logins proved, from the gravest on. */
const GRAVEST = ['broken', 'unknown', 'good', 'serves'] as const;

/**
 * The gravest of stretches that lie in order, within one column after the other.
 * @returns what answers for each column, asked in their order; null: nobody looked in it.
 */
function gravestOf<T extends (typeof GRAVEST)[number]>(
  seen: readonly { readonly from: number; readonly to: number; readonly state: T }[],
): (from: number, to: number) => T | null {
  let first = 0;
  return (from, to) => {
    while ((seen[first]?.to ?? Infinity) <= from) first += 1;
    let worst: T | null = null;
    for (let n = first, one = seen[n]; one !== undefined && one.from < to; one = seen[(n += 1)])
      if (worst === null || GRAVEST.indexOf(one.state) < GRAVEST.indexOf(worst)) worst = one.state;
    return worst;
  };
}

/** What looks proved of the logins of a pull and its ends, in words; empty: nobody looked. */
export function loginsWords(
  { consumer, supplier }: Pick<PullHistory, 'consumer' | 'supplier'>,
  { logins, consumerServes, supplierServes }: DrawnColumn,
): string {
  const ends = [[consumer, consumerServes] as const, [supplier, supplierServes] as const];
  const told = ends.flatMap(([id, state]) => (state === null ? [] : [`${id} ${servesWords[state]}`]));
  return [...(logins === null ? [] : [`logins ${servesWords[logins]}`]), ...told].join(', ');
}

/** How much of a column was watched. */
export const watchedWords = ({ watched, watchedMs, from, to }: DrawnColumn): string =>
  watched === 'part' ? `${span(watchedMs)} of ${span(to - from)}` : watched === 'all' ? 'all of it' : 'no';

/** How far a consumer was behind when it was read; empty: it was not. */
export const lagWords = ({ lagChanges, lagSeconds }: HistoryColumn): string =>
  lagChanges === null
    ? ''
    : lagChanges === 0
      ? 'no change'
      : `${count(lagChanges, 'change')}, the oldest ${span((lagSeconds ?? 0) * 1000)} old`;

/** Something that happened at one moment, as a mark and as a line of the table. */
export interface Mark {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly kind: 'start' | 'refresh' | 'deploy' | 'break' | 'heal' | 'login-break' | 'login-heal' | 'gap';
  readonly text: string;
}

/** What happened in a stretch, the newest first. @param deploys of the journals, with their times */
export function marksOf(
  history: FleetHistory,
  pulls: readonly DrawnPull[],
  deploys: readonly { readonly at: number; readonly text: string }[],
): readonly Mark[] {
  const shown = history.servers.filter(({ id }) =>
    pulls.some(({ pull }) => pull.consumer === id || pull.supplier === id),
  );
  const marks: Mark[] = [
    ...deploys
      .filter(({ at }) => at >= history.from && at <= history.to)
      .map(({ at, text }) => ({ at, kind: 'deploy' as const, text })),
    ...shown.flatMap(({ id, starts, serves }) => [
      ...starts.map((at) => ({ at, kind: 'start' as const, text: `kanidmd started on ${id}` })),
      ...loginChanges(`HTTPS and logins of ${id}`, serves, history.from),
    ]),
    ...pulls.flatMap(({ name, pull }) => [
      ...pull.refreshes.map((at) => ({
        at,
        kind: 'refresh' as const,
        text: `${pull.consumer} took over ${pull.supplier}’s database`,
      })),
      ...changesOf(name, pull, history.from),
      ...loginChanges(`Logins of ${name}`, pull.logins, history.from),
    ]),
  ];
  return marks.sort((a, b) => b.at - a.at);
}

/** Where a pull's health became another one, and where nobody watched it. */
function changesOf(name: string, pull: PullHistory, from: number): readonly Mark[] {
  const { seen, leftOut, consumer, supplier } = pull;
  const why = (cause: string): string => {
    const named = [consumer, supplier].find((id) => cause.startsWith(`${id} `)) ?? null;
    return cause === '' ? '' : `. ${sentence(cause, named)}`;
  };
  return seen.flatMap((now, n): readonly Mark[] => {
    const before = seen[n - 1];
    const unwatched = before !== undefined && now.from > before.to;
    const gap: readonly Mark[] = unwatched
      ? [{ at: before.to, kind: 'gap', text: `${name}: not watched for ${span(now.from - before.to)}` }]
      : [];
    // What lies before the first one may have been left out: then nothing is known to have changed there.
    if (now.from < from || (before === undefined && leftOut)) return gap;
    if (before !== undefined && !unwatched && before.health === now.health) return gap;
    const text = `${name}: ${healthWords(now.health)}${why(now.cause)}`;
    return [...gap, { at: now.from, kind: now.health === 'replicating' ? 'heal' : 'break', text }];
  });
}

/** Where logins broke, and where they were proved to be well again: what is unknown heals nothing. */
function loginChanges(
  name: string,
  seen: readonly {
    readonly from: number;
    readonly state: LoginsState | ServesState;
    readonly cause: string;
  }[],
  from: number,
): readonly Mark[] {
  let broken = false;
  return seen.flatMap(({ from: at, state, cause }): readonly Mark[] => {
    if (state === 'unknown') return [];
    const was = broken;
    broken = state === 'broken';
    if (was === broken || at < from) return [];
    const text = `${name}: ${servesWords[state]}${cause === '' ? '' : `. ${cause}`}`;
    return [{ at, kind: broken ? 'login-break' : 'login-heal', text }];
  });
}

/** The columns of all pulls as CSV (RFC 4180): times in UTC, empty where nobody watched. */
export function csvOf(pulls: readonly DrawnPull[]): string {
  const head =
    'time,seconds,watched_seconds,consumer,supplier,health,age_seconds,round_ms,rounds,troubles,behind_changes,behind_seconds,logins,consumer_serves,supplier_serves';
  const lines = pulls.flatMap(({ pull, columns }) =>
    columns.map((it) =>
      [
        ...[new Date(it.to).toISOString(), (it.to - it.from) / 1000, it.watchedMs / 1000],
        ...[pull.consumer, pull.supplier, it.health ?? '', it.ageMs === null ? '' : it.ageMs / 1000],
        ...[it.tookMs ?? '', it.rounds, it.troubles, it.lagChanges ?? '', it.lagSeconds ?? ''],
        ...[it.logins ?? '', it.consumerServes ?? '', it.supplierServes ?? ''],
      ]
        .map(cell)
        .join(','),
    ),
  );
  return [head, ...lines, ''].join('\r\n');
}

/** Quoted where it must be; a text that a spreadsheet would take for a formula is made one no more. */
function cell(value: string | number): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
