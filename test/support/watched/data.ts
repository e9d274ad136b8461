import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { backupJson } from '../../../practice/kanidmd/data/backup';
import {
  compareMoments,
  covers,
  type KnownChanges,
  mergeRuv,
  type Moment,
  momentAfter,
  type Ruv,
  withChanges,
  withMoments,
} from '../../../practice/kanidmd/data/cid';
import { trusted, type DomainUuid } from '../../../shared/base/names';

/** A database as far as replication goes: whose it is, what it holds, how far it has come. Copied, never changed. */
export interface Data {
  readonly server: string;
  readonly domain: DomainUuid;
  readonly newest: Moment;
  readonly ruv: Ruv;
  readonly known: KnownChanges;
  /** How often its certificate was made anew: it lies in the database. */
  readonly renewals: number;
}

let domains = 0;

/** What a server has that never ran. */
export function freshData(at: number, renewals: number, of?: Pick<Data, 'domain'>): Data {
  domains += 1;
  const domain =
    of?.domain ?? trusted<DomainUuid>(`${String(domains).padStart(8, '0')}-0000-4000-8000-000000000000`);
  const nothing = { secs: 0, nanos: 0 };
  return changed({ server: randomUUID(), domain, newest: nothing, ruv: {}, known: {}, renewals }, at).data;
}

/** A change that a server makes itself. @returns the database after it, and the change. */
export function changed(data: Data, at: number): { readonly data: Data; readonly change: string } {
  const t = momentAfter(new Date(Math.round(at)), data.newest);
  const { server, ruv, known } = data;
  const after = {
    ...{ newest: t, ruv: mergeRuv(ruv, { [server]: t }) },
    known: { ...known, [server]: withMoments(known[server] ?? [], [t]) },
  };
  return { data: { ...data, ...after }, change: keyOf(server, t) };
}

/** What a consumer holds after a round. */
export function afterRound(mine: Data, theirs: Data): Data {
  const known = withChanges(mine.known, theirs.known, mine.ruv);
  const newest = compareMoments(mine.newest, theirs.newest) >= 0 ? mine.newest : theirs.newest;
  return { ...mine, known, ruv: mergeRuv(mine.ruv, theirs.ruv), newest };
}

/** It takes all, and is another server from then on, with the certificate it had (practice kanidmd, `Database.replace`). */
export const afterRefresh = (mine: Data, theirs: Data): Data => ({
  ...theirs,
  ...{ server: randomUUID(), renewals: mine.renewals },
});

/** Changes that a supplier holds and its consumer will never be sent: it is taken to know them. */
export const neverSent = (consumer: Data, supplier: Data): readonly string[] =>
  Object.entries(supplier.known).flatMap(([s, moments]) => {
    const mine = new Set((consumer.known[s] ?? []).map((t) => keyOf(s, t)));
    return moments
      .filter((t) => covers(consumer.ruv, { s, t }))
      .flatMap((t) => {
        const key = keyOf(s, t);
        return mine.has(key) ? [] : [key];
      });
  });

const keyOf = (server: string, { secs, nanos }: Moment): string => `${server} ${secs}.${nanos}`;

/** What a backup to standard output gives, in the form of the practice kanidmd. */
export function backupOfData({ server, domain, newest, ruv, known }: Data, version: string): Uint8Array {
  const content = {
    ...{ practice: 1 as const, version, domainName: 'idm.example.com', domainUuid: domain, domainLevel: 14 },
    ...{ serverUuid: server, newest, ruv, known, keyCert: null, entries: [] },
  };
  return gzipSync(backupJson(content), { level: 1 });
}
