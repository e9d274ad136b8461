import { z } from 'zod';
import type { Lost } from '../../../shared/ruv/judge-ruv';
import type { Database } from './driver';
import type { LostEntry, OverEntry } from './entries';
import { jsonOf } from '../base/json';

/** The newest are kept of more changes than that: kanidmd forgets the oldest first, and an older copy lacks the newest. */
export const MOST_MOMENTS = 20_000;

const lost = z.object({
  serverUuid: z.string().max(64),
  domainUuid: z.string().max(64),
  at: z.iso.datetime(),
  moments: z
    .array(z.object({ secs: z.number().int(), nanos: z.number().int() }))
    .min(1)
    .max(MOST_MOMENTS),
  refreshed: z.boolean(),
  readAt: z.iso.datetime().exactOptional(),
});

/** What can be done with those rows; throws as SQLite does. */
export const lostRows = (database: Database) => {
  const again = database.prepare('UPDATE lost SET told = ? WHERE fleet = ? AND server = ? AND until IS NULL');
  const found = database.prepare(
    'INSERT OR IGNORE INTO lost (fleet, server, since, until, told) VALUES (?, ?, ?, NULL, ?)',
  );
  const over = database.prepare('UPDATE lost SET until = ? WHERE fleet = ? AND server = ? AND until IS NULL');
  return {
    write: (fleet: number, { server, lost: it }: LostEntry): void => {
      const told = JSON.stringify({ ...it, moments: it.moments.slice(-MOST_MOMENTS) });
      if (Number(again.run(told, fleet, server).changes) === 0)
        found.run(fleet, server, Date.parse(it.at), told);
    },
    end: (fleet: number, { server, at }: OverEntry): void => void over.run(at, fleet, server),
  };
};

/** Servers of a fleet that were restored to an older copy, as far as nobody has proved that it is over. */
export function readLost(database: Database, path: string): ReadonlyMap<string, Lost> {
  const rows = database
    .prepare(
      `SELECT server, told FROM lost JOIN fleet ON fleet.id = lost.fleet WHERE path = ? AND until IS NULL LIMIT 500`,
    )
    .all(path);
  return new Map(
    rows.flatMap(({ server, told }) => {
      const read = lost.safeParse(jsonOf(told));
      return read.success ? [[String(server), read.data] as const] : [];
    }),
  );
}
