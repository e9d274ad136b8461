import type { StatusReport, StatusServer } from '../../shared/observed/status';

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
  const among = ({ consumer, supplier }: Pick<StatusReport['pulls'][number], 'consumer' | 'supplier'>) =>
    ids.has(consumer) && ids.has(supplier);
  return {
    servers: report.servers.filter(({ id }) => ids.has(id)),
    pulls: report.pulls.filter(among),
    undrawn: report.undrawn.filter(among),
    problems: report.problems.filter(({ server }) => server === null || ids.has(server)),
    ...(report.serves === undefined
      ? {}
      : {
          serves: {
            servers: report.serves.servers.filter(({ server }) => ids.has(server)),
            logins: report.serves.logins.filter(among),
          },
        }),
  };
}
