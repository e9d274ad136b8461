import type { PullLogins, ServerServes, ServesReport } from './serves';

/** Why a look that is too old, or whose age nobody knows, proves nothing any more. */
export const TOO_OLD = 'The last look is too old.';

/** What such a look proved is unknown, both ways. */
export const stale = (report: ServesReport): ServesReport => withoutDoubted(report, () => TOO_OLD);

/** What was seen before a moment is unknown: a look may last, and what it saw first is the oldest. @param since milliseconds since the epoch. */
export function withoutOld({ servers, logins }: ServesReport, since: number): ServesReport {
  const told = <T extends ServerServes | PullLogins>(it: T): T =>
    Date.parse(it.at) < since ? doubted(it, TOO_OLD) : it;
  return { servers: servers.map(told), logins: logins.map(told) };
}

/**
 * What was proved of a server of which it need not hold any more is unknown.
 * @param why the reason, by a server's id; null: it still holds.
 */
export function withoutDoubted(
  { servers, logins }: ServesReport,
  why: (id: string) => string | null,
): ServesReport {
  const told = <T extends ServerServes | PullLogins>(it: T, cause: string | null): T =>
    cause === null ? it : doubted(it, cause);
  return {
    servers: servers.map((it) => told(it, why(it.server))),
    logins: logins.map((it) => told(it, why(it.consumer) ?? why(it.supplier))),
  };
}

/** A certificate that has ended since it was looked at. @param now milliseconds since the epoch. */
export const withoutEnded = ({ servers, logins }: ServesReport, now: number): ServesReport => ({
  servers: servers.map((it) =>
    it.state === 'serves' && it.certificate !== null && Date.parse(it.certificate.notAfter) <= now
      ? { ...it, state: 'broken', cause: 'Its HTTPS certificate has ended.', fix: RENEW }
      : it,
  ),
  logins,
});
const RENEW = 'Renew the certificate in its tls_chain.';

/** A broken look of before is shown no longer than this, milliseconds. */
const BROKEN_FOR = 15 * 60_000;

/**
 * What a watch that begins again does not know yet, and the one before it saw broken. It is red until it was looked at
 * again; what was well is not kept. @param now milliseconds since the epoch
 */
export function stillBroken(before: ServesReport | undefined, now: number): ServesReport | null {
  const counts = (it: ServerServes | PullLogins): boolean =>
    it.state === 'broken' && Math.abs(now - Date.parse(it.at)) < BROKEN_FOR;
  const kept: ServesReport = {
    servers: (before?.servers ?? []).filter(counts),
    logins: (before?.logins ?? []).filter(counts),
  };
  return kept.servers.length + kept.logins.length === 0 ? null : kept;
}

const doubted = <T extends ServerServes | PullLogins>(it: T, cause: string): T =>
  it.state === 'unknown' ? it : { ...it, state: 'unknown', cause, fix: '' };
