import { partnerNames } from '../../../../shared/kanidmd/partner-names';
import { runsWith } from '../../../../shared/observed/observed-config';
import type { Fault } from '../../../../shared/base/result';
import { proofWindowMs } from '../../fleet/probe/probe-server';
import { readEvidence } from '../../fleet/probe/read-evidence';
import { until } from '../../base/time';
import { type Deployment, faultAt, serverNow, type Site } from '../deployment/deployment';
import { partnersOf } from '../../../../shared/server-config/server-config';

/**
 * Proves that a server resolves the name of every partner it pulls from: with one it cannot resolve, a renewal never
 * ends (`kanidm.md`, "Rules to check"). The only witness is the server's own log: kanidmd runs no other program, so
 * nobody else can be asked. Two poll intervals are waited for a round of each partner. Without one the answer is no.
 * @returns null when all are proved, else why not.
 */
export async function guardPartnerNames(deployment: Deployment, site: Site): Promise<Fault | null> {
  const partners = partnersOf(site.observed.config);
  const windowMs = proofWindowMs(runsWith(site.observed));
  const limit = { timeoutMs: windowMs, signal: deployment.signal, everyMs: 500 };
  const outcome = await until<null, Fault>(deployment.clock, limit, async () => {
    const now = serverNow(site, deployment.clock);
    const since = Math.max(now - windowMs, deployment.restarted.get(site.server.id) ?? 0);
    const call = { signal: deployment.signal, timeoutMs: 30_000 };
    const log = await readEvidence(site.connection, since, now, call);
    if (!log.ok) return { done: false, last: faultAt(site, log) };
    const names = partnerNames(log.value, partners);
    const lost = names.filter((it) => it.resolves === 'no').map((it) => it.origin);
    const silent = names.filter((it) => it.resolves === 'unknown').map((it) => it.origin);
    if (lost.length > 0) return { done: false, last: unresolved(site, lost) };
    return silent.length === 0 ? { done: true, value: null } : { done: false, last: unproved(site, silent) };
  });
  return outcome.done ? null : outcome.last;
}

const unresolved = (site: Site, names: readonly string[]): Fault => ({
  code: 'partner-name-not-found',
  message: `${site.server.id} cannot resolve ${names.join(', ')}: its renewal would never end. Nothing was renewed.`,
  fix: `Fix DNS on ${site.server.id}, or take that partner out, then renew.`,
  where: { server: site.server.id },
});

const unproved = (site: Site, names: readonly string[]): Fault => ({
  code: 'partner-name-unproved',
  message: `${site.server.id}’s log shows no round with ${names.join(', ')} over two poll intervals, so it is not known whether it can resolve that name. Nothing was renewed.`,
  fix: `Make sure that ${site.server.id} pulls from it (kanilink status), then renew.`,
  where: { server: site.server.id },
});
