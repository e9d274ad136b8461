import type { Database } from './driver';

/** Marks the file as a history of Kanilink: "Kani". */
const APPLICATION = 0x4b616e69;

/**
 * Every layout of the file, oldest first: what makes it from the one before. A row that was released is never changed.
 *
 * A *subject* is a server (`supplier` is empty) or a pull. *seen* holds stretches in which it was watched and one thing
 * was said of it; what lies between them was not watched. *round* keeps both times of a round: `at` by our clock, for
 * people, and `wrote` by the server's, by which two processes that watch the same server know the round of the other.
 */
const LAYOUTS: readonly string[] = [
  `
  CREATE TABLE fleet (
    id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, name TEXT NOT NULL, at INTEGER NOT NULL, glance TEXT NOT NULL
  ) STRICT;
  CREATE TABLE subject (
    id INTEGER PRIMARY KEY, fleet INTEGER NOT NULL REFERENCES fleet ON DELETE CASCADE,
    consumer TEXT NOT NULL, supplier TEXT NOT NULL, UNIQUE (fleet, consumer, supplier)
  ) STRICT;
  CREATE TABLE round (
    subject INTEGER NOT NULL REFERENCES subject ON DELETE CASCADE, at INTEGER NOT NULL, wrote INTEGER NOT NULL,
    took INTEGER, good INTEGER NOT NULL, refresh INTEGER NOT NULL, PRIMARY KEY (subject, at, wrote)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE seen (
    id INTEGER PRIMARY KEY, subject INTEGER NOT NULL REFERENCES subject ON DELETE CASCADE,
    since INTEGER NOT NULL, until INTEGER NOT NULL, word TEXT NOT NULL, cause TEXT NOT NULL
  ) STRICT;
  CREATE INDEX seen_of ON seen (subject, until);
  CREATE TABLE start (
    subject INTEGER NOT NULL REFERENCES subject ON DELETE CASCADE, at INTEGER NOT NULL, PRIMARY KEY (subject, at)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE setting (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
  // `about`: what two watches say alike of one event; `watch`: which of them said it.
  `
  CREATE TABLE event (
    id INTEGER PRIMARY KEY, fleet INTEGER NOT NULL REFERENCES fleet ON DELETE CASCADE, at INTEGER NOT NULL,
    about TEXT NOT NULL, watch TEXT NOT NULL, event TEXT NOT NULL
  ) STRICT;
  CREATE INDEX event_of ON event (fleet, at);
  `,
  // How far a consumer was behind when both RUVs had been read; a look that brought nothing has no row.
  `
  CREATE TABLE lag (
    subject INTEGER NOT NULL REFERENCES subject ON DELETE CASCADE, at INTEGER NOT NULL,
    changes INTEGER NOT NULL, seconds INTEGER NOT NULL, PRIMARY KEY (subject, at)
  ) STRICT, WITHOUT ROWID;
  `,
  // Servers that were restored to an older copy; `until` is null until it is proved to be over.
  `
  CREATE TABLE lost (
    fleet INTEGER NOT NULL REFERENCES fleet ON DELETE CASCADE, server TEXT NOT NULL, since INTEGER NOT NULL,
    until INTEGER, told TEXT NOT NULL, PRIMARY KEY (fleet, server, since)
  ) STRICT, WITHOUT ROWID;
  `,
  // What the last look at each server's RUV brought: the changes that it had made itself, and why it refused, if it did.
  `
  CREATE TABLE ruv (
    fleet INTEGER NOT NULL REFERENCES fleet ON DELETE CASCADE, server TEXT NOT NULL, at INTEGER NOT NULL,
    known TEXT, refused TEXT, UNIQUE (fleet, server)
  ) STRICT;
  `,
  // When that was read: `at` is also when a look began that brought nothing.
  `
  ALTER TABLE ruv ADD COLUMN read INTEGER;
  UPDATE ruv SET read = CAST(strftime('%s', json_extract(known, '$.at')) AS INTEGER) * 1000 WHERE json_valid(known);
  `,
  // As *seen*, of HTTPS and logins: a server is looked at by itself, a pull by a session that both its ends accept.
  `
  CREATE TABLE served (
    id INTEGER PRIMARY KEY, subject INTEGER NOT NULL REFERENCES subject ON DELETE CASCADE,
    since INTEGER NOT NULL, until INTEGER NOT NULL, word TEXT NOT NULL, cause TEXT NOT NULL
  ) STRICT;
  CREATE INDEX served_of ON served (subject, until);
  `,
];

/**
 * Brings a file to the newest layout, in one transaction.
 * @returns false when a newer Kanilink, or another program, wrote it; then it is left as it is. Throws as SQLite does.
 */
export function migrate(database: Database): boolean {
  const pragma = (name: string): unknown => Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  if (pragma('user_version') === 0 && pragma('page_count') === 0) {
    // Both count only before the first table.
    database.exec('PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL;');
  }
  // A kill leaves a whole file; a power cut may take the last seconds with it, and no more.
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 4000000;',
  );
  const version = pragma('user_version');
  const tables = database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n'];
  if (version === 0 && tables !== 0) return false;
  if (typeof version !== 'number' || version > LAYOUTS.length) return false;
  if (version === LAYOUTS.length) return true;
  database.exec('BEGIN IMMEDIATE');
  try {
    // Another process may have done it while this one waited.
    const now = pragma('user_version');
    if (now === version) {
      for (const layout of LAYOUTS.slice(version)) database.exec(layout);
      database.exec(`PRAGMA application_id = ${APPLICATION}; PRAGMA user_version = ${LAYOUTS.length};`);
    }
    database.exec('COMMIT');
    return true;
  } catch (cause) {
    database.exec('ROLLBACK');
    throw cause;
  }
}
