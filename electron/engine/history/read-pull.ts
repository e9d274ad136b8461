import { z } from 'zod';
import { asOne, watchedIn } from '../../../shared/history/as-one';
import {
  EMPTY_COLUMN,
  type HistoryColumn,
  MOST_STRETCHES,
  type PullHistory,
} from '../../../shared/history/history';
import { health } from '../../../shared/kanidmd/health';
import { gravity } from '../../../shared/kanidmd/health-words';
import type { Database } from './driver';
import { type Bites, lagsOf, loginsOf, seenOf, timesOf, watchedSince } from './read-rows';

/** Rounds that are read in one go: a few milliseconds of the engine's time. */
const BITE = 10_000;
/** A good round this long before a watch began still dates the next one: the log is read back a little. Milliseconds. */
const READ_BACK = 300_000;

const numbers = z.array(z.number());
const roundLists = z.object({
  at: numbers,
  wrote: numbers,
  took: z.array(z.number().nullable()),
  good: numbers,
});
interface RoundRow {
  readonly at: number;
  readonly wrote: number;
  readonly took: number | null;
  /** 0: it had trouble. */
  readonly good: number;
}
type Run = ReturnType<typeof watchedIn>[number];

/** Which time, in columns of so many milliseconds. */
export interface Columns {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** What was seen of one pull, in bites. */
export function* readPull(
  { id, consumer, supplier }: { readonly id: number; readonly consumer: string; readonly supplier: string },
  asked: Columns,
): Bites<PullHistory> {
  const raw = yield* seenOf(id, asked);
  // A word that this Kanilink does not know says nothing.
  const seen = raw.flatMap(({ word, ...rest }) => {
    const read = health.safeParse(word);
    return read.success ? [{ ...rest, health: read.data }] : [];
  });
  const told = asOne(
    seen,
    (one) => gravity.indexOf(one.health),
    (one, other) => one.health === other.health && one.cause === other.cause,
  );
  const columns = blank(asked);
  for (const one of told)
    for (const column of over(columns, asked, one)) {
      column.watchedMs += Math.min(one.to, column.end) - Math.max(one.from, column.start);
      if (gravity.indexOf(one.health) < gravity.indexOf(column.health ?? 'replicating') || !column.health)
        column.health = one.health;
    }
  yield* addRounds(id, asked, columns, watchedIn(seen));
  for (const { at, changes, seconds } of yield* lagsOf(id, asked)) {
    const column = columnAt(columns, asked, at);
    // The worst of a column, of each by itself.
    if (column === undefined) continue;
    column.lagChanges = Math.max(column.lagChanges ?? 0, changes);
    column.lagSeconds = Math.max(column.lagSeconds ?? 0, seconds);
  }
  const logins = yield* loginsOf(id, asked, ['broken', 'unknown', 'good'] as const);
  const refreshes = yield* timesOf('round', id, asked);
  return {
    ...{ consumer, supplier, refreshes, logins },
    columns: columns.filter(isTold).map(columnOf),
    seen: told.slice(-MOST_STRETCHES),
    leftOut: told.length > MOST_STRETCHES,
  };
}

type Column = { -readonly [K in keyof HistoryColumn]: HistoryColumn[K] } & {
  readonly start: number;
  readonly end: number;
  lastGood: number | null;
};

const blank = ({ from, to, step }: Columns): readonly Column[] =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, n) => ({
    ...{ n, start: from + n * step, end: Math.min(from + (n + 1) * step, to) },
    ...{ ...EMPTY_COLUMN, lastGood: null },
  }));

const isTold = ({ watchedMs, rounds, lagChanges }: Column): boolean =>
  watchedMs > 0 || rounds > 0 || lagChanges !== null;

const columnOf = ({ start: _start, end: _end, lastGood: _good, ...column }: Column): HistoryColumn => column;

/** The column that a moment lies in; the very end belongs to the last one. */
const columnAt = (columns: readonly Column[], { from, step }: Columns, at: number): Column | undefined =>
  columns[Math.min(Math.floor((at - from) / step), columns.length - 1)];

/** The columns that a stretch lies in. */
const over = (columns: readonly Column[], { from, step }: Columns, run: Run): readonly Column[] =>
  columns.slice(Math.max(0, Math.floor((run.from - from) / step)), Math.ceil((run.to - from) / step));

/** Adds rounds, and how old the newest good one became while somebody watched. */
function* addRounds(
  subject: number,
  asked: Columns,
  columns: readonly Column[],
  watched: readonly Run[],
): Bites<void> {
  const made: { ages?: Ages } = {};
  yield (database) => {
    // What began before the time that is asked for may have been watched for long.
    const [begun, ...later] = watched;
    const from = begun === undefined ? 0 : watchedSince(database, subject, begun.from);
    const runs = begun === undefined ? [] : [{ ...begun, from }, ...later];
    made.ages = new Ages(asked, columns, runs, goodBefore(database, subject, from - READ_BACK, asked.from));
  };
  const place = { at: asked.from, wrote: 0, more: true };
  while (place.more) {
    yield (database) => {
      const rows = roundsAfter(database, subject, place, asked.to);
      for (const row of rows) made.ages?.take(row);
      const { at, wrote } = rows.at(-1) ?? place;
      Object.assign(place, { at, wrote, more: rows.length === BITE });
    };
  }
  yield () => made.ages?.end();
}

/** The age of a pull's newest good round over its columns. Silence is never drawn as well: what nobody saw adds nothing. */
class Ages {
  private run = 0;

  constructor(
    private readonly asked: Columns,
    private readonly columns: readonly Column[],
    private readonly runs: readonly Run[],
    /** When the newest good round ended; null: none is known. */
    private good: number | null,
  ) {
    this.first = good;
  }
  private readonly first: number | null;

  /** Rounds come in their order. */
  take({ at, took, good }: RoundRow): void {
    this.endRuns(at);
    const column = columnAt(this.columns, this.asked, at);
    if (column === undefined) return;
    column.rounds += 1;
    column.tookMs = took === null ? column.tookMs : Math.max(column.tookMs ?? 0, took);
    if (good === 0) {
      column.troubles += 1;
      return;
    }
    if (column.watchedMs > 0) this.older(column, this.runs[this.run], at);
    this.good = column.lastGood = at;
  }

  /** After the last round. */
  end(): void {
    this.endRuns(Infinity);
    let run = 0;
    this.good = this.first;
    for (const column of this.columns) {
      this.good = column.lastGood ?? this.good;
      while ((this.runs[run]?.to ?? Infinity) < column.end) run += 1;
      if ((this.runs[run]?.from ?? Infinity) < column.end) this.older(column, this.runs[run], column.end);
    }
  }

  /** The runs that were over by then: how old the newest good round was at their ends. */
  private endRuns(at: number): void {
    for (let run = this.runs[this.run]; run !== undefined && run.to < at; run = this.runs[(this.run += 1)]) {
      const { to } = run;
      this.older(
        this.columns.findLast(({ start }) => start < to),
        run,
        Math.min(to, this.asked.to),
      );
    }
  }

  private older(column: Column | undefined, run: Run | undefined, at: number): void {
    if (column === undefined || run === undefined || this.good === null || this.good < run.from - READ_BACK)
      return;
    column.ageMs = Math.max(column.ageMs ?? 0, at - this.good);
  }
}

/** The next rounds, by their order in the table. Arrays as JSON: as rows they take ten times as long. */
function roundsAfter(
  database: Database,
  subject: number,
  after: Pick<RoundRow, 'at' | 'wrote'>,
  to: number,
): readonly RoundRow[] {
  const row = database
    .prepare(
      `SELECT json_group_array(at) AS at, json_group_array(wrote) AS wrote, json_group_array(took) AS took,
         json_group_array(good) AS good
       FROM (SELECT at, wrote, took, good FROM round
             WHERE subject = ? AND (at, wrote) > (?, ?) AND at <= ? AND NOT refresh
             ORDER BY at, wrote LIMIT ${BITE})`,
    )
    .get(subject, after.at, after.wrote, to);
  const list = (name: string): unknown => JSON.parse(String(row?.[name]));
  const { at, wrote, took, good } = roundLists.parse({
    ...{ at: list('at'), wrote: list('wrote'), took: list('took'), good: list('good') },
  });
  return at.map((time, n) => ({
    ...{ at: time, wrote: wrote[n] ?? 0, took: took[n] ?? null, good: good[n] ?? 0 },
  }));
}

/** The newest good round of a time; null: there is none. */
function goodBefore(database: Database, subject: number, from: number, before: number): number | null {
  const row = database
    .prepare(
      `SELECT at FROM round WHERE subject = ? AND at >= ? AND at < ? AND good AND NOT refresh
       ORDER BY at DESC LIMIT 1`,
    )
    .get(subject, from, before);
  return typeof row?.['at'] === 'number' ? row['at'] : null;
}
