import type { StatusReport, StatusServer } from '../../shared/observed/status';
import type { PullLogins, ServerServes, ServesReport } from '../../shared/serves/serves';

/** Of each server, by its id, the newest report in which its server.toml was read, however old. */
export type WhatWasRead = ReadonlyMap<string, StatusServer>;

/** How each server is reached, by its id: the same text, the same server. */
export type ServerAddresses = ReadonlyMap<string, string>;

export const NOTHING_READ: WhatWasRead = new Map();
export const NOBODY: ServerAddresses = new Map();

/** What was read, with a report that came. */
export const withReport = (read: WhatWasRead, report: StatusReport): WhatWasRead =>
  new Map([
    ...read,
    ...report.servers.filter((server) => server.fileRead).map((server) => [server.id, server] as const),
  ]);

/** What kanidmd said of itself while it ran, with a report that came. */
export const withRunning = (ran: WhatWasRead, { servers }: Pick<StatusReport, 'servers'>): WhatWasRead =>
  new Map([
    ...ran,
    ...servers.filter(({ state }) => state === 'running').map((server) => [server.id, server] as const),
  ]);

/** What was read of servers that are still the same. */
export const readOf = (read: WhatWasRead, same: ReadonlySet<string>): WhatWasRead =>
  new Map([...read].filter(([id]) => same.has(id)));

/** The servers that are reached as before. */
export const sameServers = (before: ServerAddresses, now: ServerAddresses): ReadonlySet<string> =>
  new Set([...before].filter(([id, text]) => now.get(id) === text).map(([id]) => id));

/** Those of both. */
export const inBoth = (a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...a].filter((id) => b.has(id)));

/** What a report says of these servers, and of the pulls between them. */
export function reportOf(report: StatusReport, ids: ReadonlySet<string>): StatusReport {
  const among = amongOf(ids);
  return {
    servers: report.servers.filter(({ id }) => ids.has(id)),
    pulls: report.pulls.filter(among),
    undrawn: report.undrawn.filter(among),
    problems: report.problems.filter(({ server }) => server === null || ids.has(server)),
    ...(report.serves === undefined ? {} : { serves: servesOf(report.serves, ids) }),
  };
}

type Ends = Pick<StatusReport['pulls'][number], 'consumer' | 'supplier'>;

const amongOf =
  (ids: ReadonlySet<string>) =>
  ({ consumer, supplier }: Ends): boolean =>
    ids.has(consumer) && ids.has(supplier);

/** What was looked at of these servers, and of the pulls between them. */
export const servesOf = ({ servers, logins }: ServesReport, ids: ReadonlySet<string>): ServesReport => ({
  servers: servers.filter(({ server }) => ids.has(server)),
  logins: logins.filter(amongOf(ids)),
});

/**
 * Of each server and pull the newest look, however old. A look that proves nothing any more, as it is too old, stays what it
 * was when it was made.
 */
export function lookedAt(before: ServesReport | null, now: ServesReport | undefined): ServesReport | null {
  if (before === null || now === undefined) return now ?? before;
  const ends = ({ consumer, supplier }: Ends): string => JSON.stringify([consumer, supplier]);
  return {
    servers: newest(before.servers, now.servers, ({ server }) => server),
    logins: newest(before.logins, now.logins, ends),
  };
}

function newest<T extends ServerServes | PullLogins>(
  before: readonly T[],
  now: readonly T[],
  nameOf: (it: T) => string,
): readonly T[] {
  const all = new Map(before.map((it) => [nameOf(it), it]));
  for (const it of now) {
    const old = all.get(nameOf(it));
    const isSame = old !== undefined && old.at === it.at && it.state === 'unknown';
    if (!isSame && (old === undefined || Date.parse(it.at) >= Date.parse(old.at))) all.set(nameOf(it), it);
  }
  return [...all.values()];
}
