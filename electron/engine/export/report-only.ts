import type { StatusReport } from '../../../shared/observed/status';

/** What a report says of some servers, and of pulls between them. @param ids of these servers. */
export function reportOnly(report: StatusReport, ids: ReadonlySet<string>): StatusReport {
  const { serves, ruv } = report;
  const isPull = (it: { readonly consumer: string; readonly supplier: string }): boolean =>
    ids.has(it.consumer) && ids.has(it.supplier);
  const isServer = (it: { readonly server: string }): boolean => ids.has(it.server);
  return {
    ...report,
    servers: report.servers.filter(({ id }) => ids.has(id)),
    pulls: report.pulls.filter(isPull),
    undrawn: report.undrawn.filter(isPull),
    problems: report.problems.filter(({ server }) => server === null || ids.has(server)),
    ...(serves === undefined
      ? {}
      : { serves: { servers: serves.servers.filter(isServer), logins: serves.logins.filter(isPull) } }),
    ...(ruv === undefined
      ? {}
      : { ruv: { servers: ruv.servers.filter(isServer), pulls: ruv.pulls.filter(isPull) } }),
  };
}
