import type { LogEvidence } from '../../../../shared/kanidmd/evidence';
import type { DomainUuid } from '../../../../shared/base/names';
import type { Fault, Place, Result } from '../../../../shared/base/result';
import { readDomainOf, readOwnCertificate } from '../../fleet/probe/probe-server';
import { readEvidence } from '../../fleet/probe/read-evidence';
import { until } from '../../base/time';
import { type Deployment, serverNow, type Site } from '../deployment/deployment';
import { domainOf, otherDatabase } from './whose-data';

/** A server that is not up after this long is not coming back by itself. Milliseconds. */
const LIMIT = 90_000;
/**
 * A server's clock is read over a connection and goes on by ours: it may be a little behind what we take it for, and the
 * first lines of the new process with it. Far less than it takes to stop or test anything, so that nothing of an earlier
 * start is read for this one's. Milliseconds.
 */
const CLOCK_GRAIN = 50;

/**
 * Waits until a restarted server is healthy: its log shows that it started since, its admin socket answers, its certificate is
 * shown and its replication interface started without trouble (`kanidm.md`, "healthcheck"). It holds the database it held:
 * where its file is not at `db_path`, kanidmd makes an empty one and is well with it. A restart that was asked for and
 * whose answer was lost may never have happened: the old process answers on the socket just as well.
 * @param sinceMs the server's clock right before the restart.
 * @param taking the domains it may be in besides the one it was in (`mayTake`).
 * @returns null when healthy, else why not.
 */
export async function waitHealthy(
  deployment: Pick<Deployment, 'clock' | 'baselines'>,
  site: Site,
  sinceMs: number,
  replication: boolean,
  taking: readonly DomainUuid[] = [],
): Promise<Fault | null> {
  const signal = new AbortController().signal;
  const limit = { timeoutMs: LIMIT, signal, everyMs: 250 };
  const outcome = await until(deployment.clock, limit, async () => {
    const fault = await checkHealthy(deployment, site, sinceMs, replication, taking);
    if (fault === null) return { done: true, value: null };
    // Neither a process that exited nor a database comes back by waiting.
    if (fault.code === 'server-stopped' || fault.code === 'database-changed')
      return { done: true, value: fault };
    return { done: false, last: fault };
  });
  return outcome.done ? outcome.value : outcome.last;
}

async function checkHealthy(
  deployment: Pick<Deployment, 'clock' | 'baselines'>,
  site: Site,
  sinceMs: number,
  replication: boolean,
  taking: readonly DomainUuid[],
): Promise<Fault | null> {
  const { connection, server } = site;
  const call = { signal: new AbortController().signal, timeoutMs: 20_000 };
  const where = { server: server.id };
  const now = serverNow(site, deployment.clock);
  const [service, log] = await Promise.all([
    connection.service.state(call),
    readEvidence(connection, sinceMs - CLOCK_GRAIN, now, call),
  ]);
  if (!service.ok) return { ...service.error, where: { ...where, ...service.error.where } };
  const lastTrouble = log.ok ? log.value.troubles.at(-1) : undefined;
  const detail = lastTrouble === undefined ? {} : { detail: lastTrouble.evidence };
  if (service.value.state === 'failed' || service.value.state === 'stopped')
    return {
      code: 'server-stopped',
      message: `kanidmd does not run after its start (${service.value.detail}).`,
      fix: 'Read its log for why.',
      ...detail,
      where,
    };
  // The log first: it costs less than a command, and a server that is still starting answers none.
  const silent = checkStarted(log, replication, where);
  if (silent !== null) return silent;
  const [domain, certificate] = await Promise.all([
    readDomainOf(connection, call),
    replication ? readOwnCertificate(connection, call) : null,
  ]);
  if (!domain.ok) return { ...domain.error, where: { ...where, ...domain.error.where } };
  const { uuid } = domain.value;
  const before = domainOf(deployment, site);
  if (before !== null && uuid !== before && !taking.includes(uuid))
    return otherDatabase(server.id, before, uuid);
  if (certificate !== null && !certificate.ok)
    return { ...certificate.error, where: { ...where, ...certificate.error.where } };
  return null;
}

function checkStarted(log: Result<LogEvidence>, replication: boolean, where: Place): Fault | null {
  if (!log.ok) return { ...log.error, where: { ...where, ...log.error.where } };
  if (!replication) return log.value.startedAt === null ? { ...notStarted, where } : null;
  const bind = log.value.troubles.find(({ code }) => code === 'bind-failed');
  if (bind) return { code: bind.code, message: bind.cause, fix: bind.fix, detail: bind.evidence, where };
  if (log.value.listening) return null;
  return {
    code: 'replication-not-started',
    message: 'kanidmd runs, but its replication interface has not started.',
    fix: 'Read its log for why; bindaddress may be taken.',
    where,
  };
}

const notStarted = {
  code: 'not-started',
  message: 'The log shows no start of kanidmd since the restart was asked for.',
  fix: 'Look whether it was restarted; until it is, the process that was there before still runs.',
};
