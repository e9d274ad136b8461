import { DEFAULT_BOUND, type HistoryBound, historyBound } from '../../../shared/history/history';
import type { Database } from './driver';

const DAY = 86_400_000;
const MEGABYTE = 1_000_000;
/** Rows that are deleted in one go, of all subjects together, so that the engine is not held up. */
const BITE = 20_000;
/** Pages given back to the disk in one go. */
const PAGES = 2000;
/** What is too much is deleted in so many parts of the time that is kept, at most so many at once. */
const PARTS = 50;

/** The bound that the person set. */
export function readBound(database: Database): HistoryBound {
  const rows = database.prepare('SELECT name, value FROM setting').all();
  const set = Object.fromEntries(rows.map(({ name, value }) => [String(name), value]));
  const read = historyBound.safeParse({ ...DEFAULT_BOUND, ...set });
  return read.success ? read.data : DEFAULT_BOUND;
}

/** Keeps how much history is held, in the history itself. */
export function writeBound(database: Database, bound: HistoryBound): void {
  const set = database.prepare('INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)');
  for (const [name, value] of Object.entries(bound)) set.run(name, value);
}

const number = (database: Database, sql: string): number =>
  Number(Object.values(database.prepare(sql).get() ?? {})[0] ?? 0);

/** Bytes of what is kept, and of the file, which shrinks a little later. */
export function sizeOf(database: Database): { readonly used: number; readonly file: number } {
  const pages = number(database, 'PRAGMA page_count');
  const size = number(database, 'PRAGMA page_size');
  return { used: (pages - number(database, 'PRAGMA freelist_count')) * size, file: pages * size };
}

/** When the oldest that is kept ended; null: nothing is kept. */
export function oldestOf(database: Database): number | null {
  const row = database
    .prepare(
      `SELECT min(at) AS at FROM (
         SELECT (SELECT min(at) FROM round WHERE subject = subject.id) AS at FROM subject
         UNION ALL SELECT (SELECT min(until) FROM seen WHERE subject = subject.id) FROM subject
         UNION ALL SELECT (SELECT min(until) FROM served WHERE subject = subject.id) FROM subject
         UNION ALL SELECT (SELECT min(at) FROM start WHERE subject = subject.id) FROM subject
         UNION ALL SELECT (SELECT min(at) FROM lag WHERE subject = subject.id) FROM subject
         UNION ALL SELECT (SELECT min(at) FROM event WHERE fleet = fleet.id) FROM fleet)`,
    )
    .get();
  return typeof row?.['at'] === 'number' ? row['at'] : null;
}

/**
 * Deletes what is older than the bound allows, then the oldest until the bytes fit. Bites only: it is called again and
 * again, and what is left is for the next time.
 * @param now our clock, milliseconds.
 */
export function keepBound(database: Database, now: number): void {
  const { days, megabytes } = readBound(database);
  const cut = now - days * DAY;
  let left = BITE - deleteBefore(database, cut, BITE);
  for (let part = 0; part < PARTS && left > 0 && sizeOf(database).used > megabytes * MEGABYTE; part += 1) {
    const oldest = oldestOf(database);
    if (oldest === null) break;
    left -= deleteBefore(database, oldest + Math.max(60_000, Math.ceil((now - oldest) / PARTS)), left);
  }
  deleteEmpty(database, cut);
}

/** Gives pages that are free back to the disk; outside a transaction. */
export const giveBack = (database: Database): void => database.exec(`PRAGMA incremental_vacuum(${PAGES})`);

/** Deletes what ended before a time, at most so many rows; returns how many it were. */
function deleteBefore(database: Database, cut: number, most: number): number {
  const statements = [
    `DELETE FROM round WHERE (subject, at, wrote) IN
       (SELECT subject, at, wrote FROM round WHERE subject = ? AND at < ? ORDER BY at LIMIT ?)`,
    ...['seen', 'served'].map(
      (table) => `DELETE FROM ${table} WHERE id IN
       (SELECT id FROM ${table} WHERE subject = ? AND until < ? ORDER BY until LIMIT ?)`,
    ),
    ...['start', 'lag'].map(
      (table) => `DELETE FROM ${table} WHERE (subject, at) IN
       (SELECT subject, at FROM ${table} WHERE subject = ? AND at < ? ORDER BY at LIMIT ?)`,
    ),
  ].map((sql) => database.prepare(sql));
  let deleted = 0;
  for (const { id } of database.prepare('SELECT id FROM subject').all())
    for (const statement of statements) {
      if (deleted >= most) return deleted;
      deleted += Number(statement.run(Number(id), cut, most - deleted).changes);
    }
  const events = database.prepare(
    'DELETE FROM event WHERE id IN (SELECT id FROM event WHERE fleet = ? AND at < ? ORDER BY at LIMIT ?)',
  );
  for (const { id } of database.prepare('SELECT id FROM fleet').all())
    deleted += Number(events.run(Number(id), cut, Math.max(0, most - deleted)).changes);
  return deleted;
}

/** Deletes the fleets that were last watched before a time, once nothing of them is kept. */
function deleteEmpty(database: Database, cut: number): void {
  database.prepare('DELETE FROM lost WHERE until < ?').run(cut);
  database.prepare('DELETE FROM ruv WHERE at < ?').run(cut);
  database
    .prepare(
      `DELETE FROM subject WHERE fleet IN (SELECT id FROM fleet WHERE at < ?)
         AND NOT EXISTS (SELECT 1 FROM round WHERE subject = subject.id)
         AND NOT EXISTS (SELECT 1 FROM seen WHERE subject = subject.id)
         AND NOT EXISTS (SELECT 1 FROM served WHERE subject = subject.id)
         AND NOT EXISTS (SELECT 1 FROM start WHERE subject = subject.id)
         AND NOT EXISTS (SELECT 1 FROM lag WHERE subject = subject.id)`,
    )
    .run(cut);
  database
    .prepare(
      `DELETE FROM fleet WHERE at < ? AND NOT EXISTS (SELECT 1 FROM subject WHERE subject.fleet = fleet.id)
         AND NOT EXISTS (SELECT 1 FROM event WHERE event.fleet = fleet.id)
         AND NOT EXISTS (SELECT 1 FROM ruv WHERE ruv.fleet = fleet.id)
         AND NOT EXISTS (SELECT 1 FROM lost WHERE lost.fleet = fleet.id)`,
    )
    .run(cut);
}
