import { z } from 'zod';
import { type FleetEvent, fleetEvent } from '../../../shared/events/fleet-event';
import { MOST_EVENTS, MOST_STRETCHES } from '../../../shared/history/history';
import { asOne } from '../../../shared/history/as-one';
import type { Database } from './driver';
import { jsonOf } from '../base/json';

/**
 * A reading in bites: each is a transaction of its own, and between two the engine does other things. What a bite finds
 * it leaves in the reading's own variables.
 */
export type Bites<T> = Generator<(database: Database) => void, T, undefined>;

/** Rows of stretches in one bite, and of one subject in all: beyond it the oldest are left out. */
const BITE = 5000;
const MOST_ROWS = 100_000;

const seenRow = z.object({
  id: z.number(),
  from: z.number(),
  to: z.number(),
  word: z.string(),
  cause: z.string(),
});
type SeenRow = z.output<typeof seenRow>;
const timeRow = z.object({ at: z.number() }).transform(({ at }) => at);

interface Time {
  readonly from: number;
  readonly to: number;
}

/** The stretches of a subject that touch a time, of every watch; in no order. */
export function* seenOf(
  subject: number,
  { from, to }: Time,
  table: 'seen' | 'served' = 'seen',
): Bites<readonly SeenRow[]> {
  const seen: SeenRow[] = [];
  const place = { to: Number.MAX_SAFE_INTEGER, id: 0, more: true };
  while (place.more && seen.length < MOST_ROWS) {
    yield (database) => {
      const rows = z.array(seenRow).parse(
        database
          .prepare(
            `SELECT id, since AS "from", until AS "to", word, cause FROM ${table}
             WHERE subject = ? AND until >= ? AND (until, id) < (?, ?) AND since <= ?
             ORDER BY until DESC, id DESC LIMIT ${BITE}`,
          )
          .all(subject, from, place.to, place.id, to),
      );
      seen.push(...rows);
      Object.assign(place, rows.at(-1), { more: rows.length === BITE });
    };
  }
  return seen;
}

/**
 * What looks at the logins of a subject proved, of every watch: one story, of which the gravest counts.
 * @param states from the gravest on; a word that is none of them says nothing.
 */
export function* loginsOf<T extends string>(
  subject: number,
  asked: Time,
  states: readonly T[],
): Bites<readonly LoginsSeen<T>[]> {
  const raw = yield* seenOf(subject, asked, 'served');
  const seen = raw.flatMap(({ from, to, word, cause }) => {
    const state = states.find((it) => it === word);
    return state === undefined ? [] : [{ from, to, state, cause }];
  });
  const told = asOne(
    seen,
    ({ state }) => states.indexOf(state),
    (one, other) => one.state === other.state && one.cause === other.cause,
  );
  return told.slice(-MOST_STRETCHES);
}
interface LoginsSeen<T> extends Time {
  readonly state: T;
  readonly cause: string;
}

/** Since when a subject was watched without a gap until a moment at which it was. */
export function watchedSince(database: Database, subject: number, moment: number): number {
  const rows = database
    .prepare(
      `SELECT since, until FROM seen WHERE subject = ? AND until <= ? ORDER BY until DESC LIMIT ${BITE}`,
    )
    .all(subject, moment);
  let since = moment;
  for (const row of rows) {
    if (Number(row['until']) < since) break;
    since = Math.min(since, Number(row['since']));
  }
  return since;
}

const lagRow = z.object({ at: z.number(), changes: z.number(), seconds: z.number() });

/** How far a pull's consumer was behind, whenever it was read; of too many the first. */
export function* lagsOf(subject: number, { from, to }: Time): Bites<readonly z.output<typeof lagRow>[]> {
  let lags: readonly z.output<typeof lagRow>[] = [];
  yield (database) => {
    const rows = database
      .prepare(
        `SELECT at, changes, seconds FROM lag WHERE subject = ? AND at BETWEEN ? AND ?
         ORDER BY at LIMIT ${MOST_ROWS}`,
      )
      .all(subject, from, to);
    lags = z.array(lagRow).parse(rows);
  };
  return lags;
}

/** When something happened to a subject; of too many the first. */
export function* timesOf(
  table: 'round' | 'start',
  subject: number,
  { from, to }: Time,
): Bites<readonly number[]> {
  let times: readonly number[] = [];
  const only = table === 'round' ? 'AND refresh AND good' : '';
  yield (database) => {
    times = z
      .array(timeRow)
      .parse(
        database
          .prepare(
            `SELECT at FROM ${table} WHERE subject = ? AND at BETWEEN ? AND ? ${only} LIMIT ${MOST_STRETCHES}`,
          )
          .all(subject, from, to),
      );
  };
  return times;
}

/** What happened in a fleet, in order; of too much the newest. What this Kanilink does not know is not told. */
export function* eventsOf(path: string, { from, to }: Time): Bites<readonly FleetEvent[]> {
  let events: readonly FleetEvent[] = [];
  yield (database) => {
    const rows = database
      .prepare(
        `SELECT event FROM event JOIN fleet ON fleet.id = event.fleet
         WHERE path = ? AND event.at BETWEEN ? AND ? ORDER BY event.at DESC, event.id DESC LIMIT ${MOST_EVENTS}`,
      )
      .all(path, from, to);
    events = rows.flatMap(({ event }) => fleetEvent.safeParse(jsonOf(event)).data ?? []).toReversed();
  };
  return events;
}
