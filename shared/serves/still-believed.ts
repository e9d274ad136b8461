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

/**
 * A server whose certificate ended since it was looked at proves nothing any more. It is not broken: a look judges by the
 * server's clock, and this computer's may be wrong. One that had ended by this clock when it was looked at was well by the
 * server's. @param now milliseconds since the epoch, this computer's clock
 */
export const withoutEnded = ({ servers, logins }: ServesReport, now: number): ServesReport => ({
  servers: servers.map((it) => (hasEnded(it, now) ? doubted(it, ENDED) : it)),
  logins,
});
const ENDED = 'Its HTTPS certificate has ended since it was looked at, by this computer’s clock.';

/** Says whether a certificate that was well has ended since, by this computer's clock. */
export function hasEnded({ state, certificate, at }: ServerServes, now: number): boolean {
  if (state !== 'serves' || certificate === null) return false;
  const end = Date.parse(certificate.notAfter);
  return end <= now && end > Date.parse(at);
}

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
