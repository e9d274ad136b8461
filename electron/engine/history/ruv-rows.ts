import { z } from 'zod';
import { fault } from '../../../shared/base/fault';
import type { ReadChanges } from '../../../shared/ruv/known-changes';
import { isLeftOut } from '../../../shared/ruv/restarted';
import type { Recalled, Remembered } from '../../../shared/ruv/ruv-memory';
import type { Database } from './driver';
import type { RuvEntry } from './entries';
import { MOST_MOMENTS, readLost } from './lost';
import { jsonOf } from '../base/json';

/** Seconds and nanoseconds of each change in turn, which is half as long as one object each. */
const known = z.object({
  serverUuid: z.string().max(64),
  domainUuid: z.string().max(64),
  at: z.iso.datetime(),
  newest: z.tuple([z.number().int(), z.number().int()]),
  own: z.array(z.number().int()).max(2 * MOST_MOMENTS),
});

/** What writes them; throws as SQLite does. Whoever refuses now is still known by what it knew before. */
export const ruvRows = (database: Database) => {
  const write = database.prepare(
    `INSERT INTO ruv (fleet, server, at, known, refused, read) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (fleet, server) DO UPDATE
     SET at = excluded.at, known = coalesce(excluded.known, known), read = coalesce(excluded.read, read),
       refused = CASE WHEN excluded.known IS NULL THEN coalesce(excluded.refused, refused) END`,
  );
  return (fleet: number, { server, at, brought }: RuvEntry): void =>
    void write.run(
      ...[fleet, server, at, brought?.known ?? null],
      brought?.refused === undefined ? null : JSON.stringify(brought.refused),
      brought?.readAt ?? null,
    );
};

/** When a look at a server of a fleet began last, or brought something; null: there was none. */
function lookedAt(database: Database, path: string): number | null {
  const at = database
    .prepare('SELECT max(ruv.at) AS at FROM ruv JOIN fleet ON fleet.id = ruv.fleet WHERE path = ?')
    .get(path)?.['at'];
  return typeof at === 'number' ? at : null;
}

/** What is told of a fleet without a look. */
export function readRecalled(database: Database, path: string): Recalled {
  const rows = database
    .prepare(
      'SELECT server, ruv.at AS at, read, refused FROM ruv JOIN fleet ON fleet.id = ruv.fleet WHERE path = ? LIMIT 500',
    )
    .all(path);
  const met = database
    .prepare(
      `SELECT consumer, (SELECT since FROM seen WHERE subject = subject.id AND word = 'running' ORDER BY until LIMIT 1) AS since
       FROM subject JOIN fleet ON fleet.id = subject.fleet WHERE path = ? AND supplier = '' LIMIT 500`,
    )
    .all(path);
  const timesOf = (found: typeof rows, name: string, at: string) =>
    new Map(
      found.flatMap((row) => {
        const time = row[at];
        return typeof time === 'number' ? [[String(row[name]), time] as const] : [];
      }),
    );
  const leftOut = rows.flatMap(({ server, at, refused }) => {
    const read = fault.safeParse(jsonOf(refused));
    return read.success && isLeftOut(read.data)
      ? [[String(server), { fault: read.data, at: Number(at) }] as const]
      : [];
  });
  return {
    lost: readLost(database, path),
    lookedAt: lookedAt(database, path),
    leftOut: new Map(leftOut),
    readAt: timesOf(rows, 'server', 'read'),
    seenSince: timesOf(met, 'consumer', 'since'),
  };
}

/** All that is remembered of looks at the RUVs of a fleet. */
export function readRemembered(database: Database, path: string): Remembered {
  const rows = database
    .prepare(
      'SELECT server, known, refused FROM ruv JOIN fleet ON fleet.id = ruv.fleet WHERE path = ? LIMIT 500',
    )
    .all(path);
  const read = rows.map((row) => ({
    ...{ server: String(row['server']), known: unpacked(row['known']) },
    refused: fault.safeParse(jsonOf(row['refused'])),
  }));
  return {
    lost: readLost(database, path),
    lookedAt: lookedAt(database, path),
    known: new Map(read.flatMap((it) => (it.known === null ? [] : [[it.server, it.known] as const]))),
    refused: new Map(
      read.flatMap(({ server, refused }) =>
        refused.success && !isLeftOut(refused.data) ? [[server, refused.data] as const] : [],
      ),
    ),
  };
}

/** What others made is not kept: only what a server made itself says that it went back. */
export const packed = ({ serverUuid, domainUuid, newest, at, changes }: ReadChanges): string =>
  JSON.stringify({
    ...{ serverUuid, domainUuid, at, newest: [newest.secs, newest.nanos] },
    own: (changes.get(serverUuid) ?? []).slice(-MOST_MOMENTS).flatMap(({ secs, nanos }) => [secs, nanos]),
  } satisfies z.input<typeof known>);

function unpacked(text: unknown): ReadChanges | null {
  const read = known.safeParse(jsonOf(text));
  if (!read.success) return null;
  const { own, newest, ...rest } = read.data;
  const moments = own.flatMap((secs, at) => (at % 2 === 0 ? [{ secs, nanos: own[at + 1] ?? 0 }] : []));
  return {
    ...rest,
    newest: { secs: newest[0], nanos: newest[1] },
    changes: new Map([[rest.serverUuid, moments]]),
  };
}
