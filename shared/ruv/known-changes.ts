import { z } from 'zod';
import { compareMoments, type Moment } from '../compare/backup/backup';
import { changeId, moment } from '../compare/backup/read-entry';

/** More change identifiers than a week of writing brings do not come from kanidmd. */
const MOST_CHANGES = 400_000;

/**
 * Every change that a server knows of, its own and others': what its RUV lists. kanidmd keeps each for seven days,
 * whatever it changed, and across starts (source 1.10.5).
 */
export interface KnownChanges {
  readonly serverUuid: string;
  readonly domainUuid: string;
  /** When it wrote last, by the newest clock it knows. */
  readonly newest: Moment;
  /** In the order of time, by the uuid of the server that made them. */
  readonly changes: ReadonlyMap<string, readonly Moment[]>;
}

/** What a server knew, and when it was read; ISO 8601, this computer's clock. */
export interface ReadChanges extends KnownChanges {
  readonly at: string;
}

const head = z.object({
  db_s_uuid: z.string().max(64),
  db_d_uuid: z.string().max(64),
  db_ts_max: moment,
  repl_meta: z.object({ V1: z.object({ ruv: z.array(changeId).max(MOST_CHANGES) }) }),
});

/**
 * Reads what a backup says before its entries.
 * @returns null when it has another form than the known one.
 */
export function readKnownChanges(value: unknown): KnownChanges | null {
  const read = head.safeParse(value);
  if (!read.success) return null;
  const { db_s_uuid, db_d_uuid, db_ts_max: newest, repl_meta: meta } = read.data;
  const changes = new Map<string, Moment[]>();
  for (const { server, at } of meta.V1.ruv) {
    const known = changes.get(server);
    if (known === undefined) changes.set(server, [at]);
    else known.push(at);
  }
  for (const known of changes.values()) known.sort(compareMoments);
  return { serverUuid: db_s_uuid.toLowerCase(), domainUuid: db_d_uuid.toLowerCase(), newest, changes };
}

/** kanidmd forgets a change after so long (source 1.10.5), and an hour less is sure to be remembered. Seconds. */
const REMEMBERED = 7 * 86_400 - 3_600;

/**
 * Changes that a server made itself, that somebody has seen, and that it does not know any more: its database is an older
 * copy. What it may have forgotten for its age does not count.
 * @param by what another server knows, or what it knew itself before.
 */
export function lostChanges(own: KnownChanges, by: KnownChanges): readonly Moment[] {
  if (own.domainUuid !== by.domainUuid) return [];
  const known = new Set((own.changes.get(own.serverUuid) ?? []).map(keyOf));
  const since = own.newest.secs - REMEMBERED;
  return (by.changes.get(own.serverUuid) ?? []).filter((it) => it.secs > since && !known.has(keyOf(it)));
}

/** Changes that a supplier knows and its consumer lacks, in no order. */
export function missingChanges(consumer: KnownChanges, supplier: KnownChanges): readonly Moment[] {
  return [...supplier.changes].flatMap(([server, moments]) => {
    const reached = consumer.changes.get(server)?.at(-1);
    return moments.filter((it) => reached === undefined || compareMoments(it, reached) > 0);
  });
}

const keyOf = ({ secs, nanos }: Moment): string => `${secs}.${nanos}`;
