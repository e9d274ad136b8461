import type { FleetEvent } from '../../../shared/events/fleet-event';
import type { FleetGlance } from '../../../shared/history/history';
import type { Database } from './driver';
import type { Entry, EventEntry, LagEntry, RoundEntry, StartEntry, Stretch, Subject } from './entries';
import { lostRows } from './lost';
import { ruvRows } from './ruv-rows';

/** Two clocks' readings of one round, or of one start, lie no further apart. Milliseconds. */
const SAME_ROUND = 10 * 60_000;
const SAME_START = 15_000;
/** Two watches notice one event no further apart. Milliseconds. */
const SAME_EVENT = 30_000;
/** A last watch that lies further ahead of now was dated by a clock that was wrong. Milliseconds. */
const CLOCK_WAS_SET = 60_000;

/** What was written: it is told to the stretches once the transaction is over. */
export type Rows = readonly { readonly stretch: Stretch; readonly id: number }[];

/** Writes entries. Throws as SQLite does. @param epoch of the opened file. @param now milliseconds since the epoch. */
export function writeEntries(
  database: Database,
  entries: readonly Entry[],
  epoch: number,
  now: number,
): Rows {
  const subjects = new Subjects(database, now);
  const statements = prepared(database);
  const rows: { readonly stretch: Stretch; readonly id: number }[] = [];
  for (const entry of entries)
    if (entry.kind === 'fleet') subjects.fleet(entry.glance);
    else if (entry.kind === 'round') writeRound(statements, subjects.of(entry.subject), entry);
    else if (entry.kind === 'event') writeEvent(statements, subjects.fleetOf(entry.fleet), entry);
    else if (entry.kind === 'lag') writeLag(statements, subjects.of(entry.subject), entry);
    else if (entry.kind === 'lost') statements.lost.write(subjects.fleetOf(entry.fleet), entry);
    else if (entry.kind === 'over') statements.lost.end(subjects.fleetOf(entry.fleet), entry);
    else if (entry.kind === 'ruv') statements.ruv(subjects.fleetOf(entry.fleet), entry);
    else if (entry.kind === 'start') writeStart(statements, subjects.of(entry.subject), entry);
    else {
      const { stretch } = entry;
      rows.push({ stretch, id: writeStretch(statements, subjects.of(stretch.subject), stretch, epoch) });
    }
  return rows;
}

const prepared = (database: Database) => ({
  lost: lostRows(database),
  ruv: ruvRows(database),
  knownRound: database.prepare(
    'SELECT 1 FROM round WHERE subject = ? AND at BETWEEN ? AND ? AND wrote = ? LIMIT 1',
  ),
  round: database.prepare(
    'INSERT OR IGNORE INTO round (subject, at, wrote, took, good, refresh) VALUES (?, ?, ?, ?, ?, ?)',
  ),
  knownStart: database.prepare('SELECT 1 FROM start WHERE subject = ? AND at BETWEEN ? AND ? LIMIT 1'),
  start: database.prepare('INSERT OR IGNORE INTO start (subject, at) VALUES (?, ?)'),
  lag: database.prepare('INSERT OR IGNORE INTO lag (subject, at, changes, seconds) VALUES (?, ?, ?, ?)'),
  knownEvent: database.prepare(
    'SELECT 1 FROM event WHERE fleet = ? AND at BETWEEN ? AND ? AND about = ? AND watch <> ? LIMIT 1',
  ),
  event: database.prepare('INSERT INTO event (fleet, at, about, watch, event) VALUES (?, ?, ?, ?, ?)'),
  seen: stretchesOf(database, 'seen'),
  logins: stretchesOf(database, 'served'),
});
const stretchesOf = (database: Database, table: 'seen' | 'served') => ({
  longer: database.prepare(`UPDATE ${table} SET until = ? WHERE id = ? AND subject = ?`),
  first: database.prepare(`INSERT INTO ${table} (subject, since, until, word, cause) VALUES (?, ?, ?, ?, ?)`),
});
type Statements = ReturnType<typeof prepared>;

function writeRound({ knownRound, round }: Statements, subject: number, entry: RoundEntry): void {
  const { at, wrote, tookMs, good, refresh } = entry;
  if (knownRound.get(subject, at - SAME_ROUND, at + SAME_ROUND, wrote) !== undefined) return;
  round.run(subject, at, wrote, tookMs === null ? null : Math.round(tookMs), good ? 1 : 0, refresh ? 1 : 0);
}

function writeStart({ knownStart, start }: Statements, subject: number, { at }: StartEntry): void {
  if (knownStart.get(subject, at - SAME_START, at + SAME_START) === undefined) start.run(subject, at);
}

function writeLag({ lag }: Statements, subject: number, { at, changes, seconds }: LagEntry): void {
  lag.run(subject, at, changes, Math.round(seconds));
}

function writeEvent({ knownEvent, event: write }: Statements, fleet: number, entry: EventEntry): void {
  const { event, watch } = entry;
  const about = aboutOf(event);
  const at = Math.round(event.at);
  if (knownEvent.get(fleet, at - SAME_EVENT, at + SAME_EVENT, about, watch) !== undefined) return;
  write.run(fleet, at, about, watch, JSON.stringify(event));
}

/** What happened to whom: all but times, words and proofs, of which two watches may have others. */
function aboutOf(event: FleetEvent): string {
  const differ = new Set(['at', 'since', 'cause', 'fix', 'message', 'proof', 'lastSuccess', 'startedAt']);
  return JSON.stringify(Object.entries(event).filter(([name]) => !differ.has(name)));
}

function writeStretch(statements: Statements, subject: number, stretch: Stretch, epoch: number) {
  const { longer, first } = statements[stretch.what ?? 'seen'];
  const { row, since, until, word, cause } = stretch;
  if (row?.epoch === epoch && Number(longer.run(until, row.id, subject).changes) > 0) return row.id;
  return Number(first.run(subject, since, until, word, cause).lastInsertRowid);
}

/** The numbers of fleets and subjects; those that are new are written. */
class Subjects {
  private readonly known = new Map<string, number>();
  private readonly fleets = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly now: number,
  ) {}

  fleet({ path, name, at, ...rest }: FleetGlance): void {
    this.database
      .prepare(
        `INSERT INTO fleet (path, name, at, glance) VALUES (?, ?, ?, ?)
         ON CONFLICT (path) DO UPDATE SET name = excluded.name, at = excluded.at, glance = excluded.glance
         WHERE excluded.at >= fleet.at OR fleet.at > ?`,
      )
      .run(path, name, at, JSON.stringify(rest), this.now + CLOCK_WAS_SET);
  }

  /** A fleet's number, by the path of its file. */
  fleetOf(path: string): number {
    const known = this.fleets.get(path);
    if (known !== undefined) return known;
    this.database
      .prepare(
        `INSERT INTO fleet (path, name, at, glance) VALUES (?, '', 0, '{}') ON CONFLICT (path) DO NOTHING`,
      )
      .run(path);
    const id = Number(this.database.prepare('SELECT id FROM fleet WHERE path = ?').get(path)?.['id']);
    this.fleets.set(path, id);
    return id;
  }

  of({ fleet, consumer, supplier }: Subject): number {
    const key = JSON.stringify([fleet, consumer, supplier]);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    this.fleetOf(fleet);
    this.database
      .prepare(
        `INSERT INTO subject (fleet, consumer, supplier) SELECT id, ?, ? FROM fleet WHERE path = ?
         ON CONFLICT DO NOTHING`,
      )
      .run(consumer, supplier, fleet);
    const row = this.database
      .prepare(
        `SELECT subject.id FROM subject JOIN fleet ON fleet.id = subject.fleet
         WHERE path = ? AND consumer = ? AND supplier = ?`,
      )
      .get(fleet, consumer, supplier);
    const id = Number(row?.['id']);
    this.known.set(key, id);
    return id;
  }
}
