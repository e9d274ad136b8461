import { readRefresh } from '../../../../shared/kanidmd/read-output';
import { runsWith } from '../../../../shared/observed/observed-config';
import type { Round } from '../../../../shared/kanidmd/health';
import type { RefreshStep } from '../../../../shared/plan/steps/refresh';
import { fail, type Fault } from '../../../../shared/base/result';
import { readServerConfig } from '../../../../shared/server-config/read-server-config';
import { partnersOf, pulls } from '../../../../shared/server-config/server-config';
import { parseOrigin } from '../../../../shared/base/origin';
import { LARGEST_CONFIG } from '../../connect/common/files';
import { proofWindowMs, readDomainOf } from '../../fleet/probe/probe-server';
import { readEvidence } from '../../fleet/probe/read-evidence';
import { uncancelled, until } from '../../base/time';
import { guardDrift } from '../guards/drift';
import { cancelled, CANCELLED } from '../deployment/cancelled';
import { effect, note } from '../deployment/effect';
import { guardErasures } from '../guards/guard-erasures';
import {
  type Deployment,
  faultAt,
  learn,
  serverNow,
  type Site,
  siteOf,
  stepDone,
  stepFailed,
  type StepResult,
} from '../deployment/deployment';
import { restartHealthy } from './restart-healthy';

/** A transfer of a big database takes its time; the proof is waited for this long. Milliseconds. */
const LIMIT = 300_000;

/**
 * Replaces a server's database by its source's and proves it: a new refresh span that names the source and ends well,
 * then one `domain_uuid` on both (`kanidm.md`, "Refresh erases", 7). "Error" is *unknown* (8): the server is restarted
 * to drop the request, and its log decides.
 */
export async function refresh(deployment: Deployment, step: RefreshStep): Promise<StepResult> {
  const site = siteOf(deployment, step.server);
  const source = siteOf(deployment, step.source);
  const unfit = step.by === 'command' ? await guardRefresh(deployment, step, site, source) : null;
  if (unfit !== null) return stepFailed(unfit);
  if (step.by === 'automatic') {
    const since = deployment.restarted.get(step.server);
    if (since === undefined) return stepFailed({ ...notRestarted, where: { server: step.server } });
    return prove(deployment, step, site, source, since);
  }
  if (deployment.signal.aborted)
    return stepFailed(cancelled(step.server, 'the refresh; nothing was erased.'));
  const since = serverNow(site, deployment.clock);
  deployment.say(step.id, `Refreshing ${step.server} from ${step.source}`);
  const domain = site.observed.domain?.uuid ?? null;
  const intent = { effect: 'refresh' as const, source: step.source, domain };
  let begun = false as boolean;
  const refreshed = await effect(deployment, step, site, intent, async () => {
    begun = true;
    const output = await site.connection.kanidmd(
      ['refresh-replication-consumer', '--i-want-to-refresh-this-servers-database'],
      uncancelled(60_000),
    );
    const said = output.ok ? readRefresh(output.value) : 'unknown';
    return !output.ok || said === 'success' ? output : fail(notSuccess(said));
  });
  if (!refreshed.ok && !begun) return stepFailed(refreshed.error);
  if (refreshed.ok) return prove(deployment, step, site, source, since);
  deployment.say(
    step.id,
    `The answer was not "success", so the outcome is unknown: restarting ${step.server} to drop the request`,
  );
  await note(deployment, { kind: 'output', step: step.id, text: refreshed.error.message });
  const unhealthy = await restartHealthy(deployment, step, site, true, true);
  if (unhealthy !== null) return stepFailed(unhealthy);
  const happened = await refreshRound(deployment, step, site, since);
  if (happened === null || happened.outcome.kind !== 'success')
    return stepFailed(notRefreshed(step, happened));
  return prove(deployment, step, site, source, since);
}

/** What must hold right before the command, looked at again now (`RefreshStep.requires`). */
async function guardRefresh(
  deployment: Deployment,
  step: RefreshStep,
  site: Site,
  source: Site,
): Promise<Fault | null> {
  const call = { signal: deployment.signal, timeoutMs: 30_000 };
  const where = { server: step.server };
  const path = site.observed.file?.path ?? '';
  const drift = await guardDrift(deployment, site, call);
  if (drift !== null) return drift;
  const coming = { server: step.server, config: null, domain: step.domain };
  const erases = await guardErasures(deployment, step, coming, call);
  if (erases !== null) return erases;
  const file = await site.connection.readFile(path, { ...call, maxBytes: LARGEST_CONFIG });
  if (!file.ok) return faultAt(site, file);
  const config = readServerConfig(file.value.bytes, { server: step.server, file: path });
  if (!config.ok) return config.error;
  const [only, ...others] = partnersOf(config.value);
  const host = only !== undefined && pulls(only.type) ? parseOrigin(only.origin)?.host : null;
  if (others.length > 0 || host !== step.sourceHost)
    return { ...manySuppliers(step), where: { ...where, file: path } };
  const [mine, theirs] = await Promise.all([
    readDomainOf(site.connection, call),
    readDomainOf(source.connection, call),
  ]);
  if (!mine.ok) return faultAt(site, mine);
  if (!theirs.ok) return faultAt(source, theirs);
  if (mine.value.uuid !== site.observed.domain?.uuid) return { ...databaseChanged(step.server), where };
  const expected = step.domain;
  if (theirs.value.uuid !== expected)
    return { ...databaseChanged(step.source), where: { server: step.source } };
  return null;
}

async function prove(
  deployment: Deployment,
  step: RefreshStep,
  site: Site,
  source: Site,
  since: number,
): Promise<StepResult> {
  const call = uncancelled(30_000);
  const timeoutMs = LIMIT + proofWindowMs(runsWith(site.observed));
  const seen = await until(
    deployment.clock,
    // Once asked for it ends by itself: a cancel waits for its end. What the server began itself is not ours to wait for.
    {
      timeoutMs,
      signal: step.by === 'command' ? uncancelled(timeoutMs).signal : deployment.signal,
      everyMs: 250,
    },
    async () => {
      const round = await refreshRound(deployment, step, site, since);
      return round === null ? { done: false, last: null } : { done: true, value: round };
    },
  );
  const round = seen.done ? seen.value : null;
  if (round === null && step.by === 'automatic' && deployment.signal.aborted)
    return stepFailed(cancelledWaiting(step));
  if (round === null || round.outcome.kind !== 'success') return stepFailed(notRefreshed(step, round));
  const [mine, theirs] = await Promise.all([
    readDomainOf(site.connection, call),
    readDomainOf(source.connection, call),
  ]);
  if (!mine.ok) return stepFailed(faultAt(site, mine));
  if (!theirs.ok) return stepFailed(faultAt(source, theirs));
  // One domain on both is no proof: a source that was reborn has given away what it was reborn with.
  if (theirs.value.uuid !== step.domain)
    return stepFailed(otherData(step, mine.value.uuid, theirs.value.uuid));
  if (mine.value.uuid !== step.domain) return stepFailed(notRefreshed(step, round));
  learn(deployment, step.server, { domain: mine.value.uuid, domainName: mine.value.name });
  return stepDone(`refreshed from ${step.source}; domain ${mine.value.uuid}`);
}

/**
 * The newest refresh round since `since` that took the chosen source's data, or any that failed; also of the process that
 * was restarted to drop the request.
 */
async function refreshRound(
  deployment: Deployment,
  step: RefreshStep,
  site: Site,
  since: number,
): Promise<Round | null> {
  const now = serverNow(site, deployment.clock);
  const log = await readEvidence(site.connection, since, now, uncancelled(30_000), true);
  if (!log.ok) return null;
  return (
    log.value.rounds
      .filter((round) => round.kind === 'refresh' && round.supplierHost === step.sourceHost)
      .at(-1) ?? null
  );
}

const notSuccess = (said: string): Fault => ({
  code: 'refresh-unknown',
  message: `the outcome is unknown: ${said}`,
  fix: 'A restart drops the request; then the log decides.',
  where: {},
});

const cancelledWaiting = (step: RefreshStep): Fault => ({
  code: CANCELLED,
  message: `Cancelled before the log showed whether ${step.server} has refreshed itself from ${step.source}: it may have, or may still.`,
  fix: `Read ${step.server}’s log, or deploy again; its backup is kept.`,
  where: { server: step.server },
});

const notRestarted = {
  code: 'not-restarted',
  message: 'This server was not restarted by the step before, so no automatic refresh can have begun.',
  fix: 'Plan again.',
};

const manySuppliers = (step: RefreshStep) => ({
  code: 'several-suppliers',
  message: `${step.server}’s file has other partner tables than the one for ${step.source}, so a refresh could take another server’s data.`,
  fix: 'Plan again; nothing was erased.',
});

const databaseChanged = (server: string) => ({
  code: 'database-changed',
  message: `${server} holds another database than when the plan was made.`,
  fix: 'Plan again and look at what it holds; nothing was erased.',
});

const otherData = (step: RefreshStep, mine: string, theirs: string): Fault => ({
  code: 'database-changed',
  message: `${step.source} holds another database than the plan was made from${mine === theirs ? `, and ${step.server} has taken it` : ''}.`,
  fix: `Bring the right data of ${step.source} back before anything else. What ${step.server} held is in the backup of the step before.`,
  detail: `domain planned ${step.domain}\n${step.source} is in ${theirs}\n${step.server} is in ${mine}`,
  where: { server: step.source },
});

const notRefreshed = (step: RefreshStep, round: Round | null): Fault => ({
  code: 'refresh-not-proved',
  message:
    round === null
      ? `No refresh of ${step.server} from ${step.source} shows in its log.`
      : `The refresh of ${step.server} from ${step.source} is not proved.`,
  fix: `Read ${step.server}’s log. A failed refresh keeps the old data; the backup of the step before holds it too.`,
  ...(round === null ? {} : { detail: round.lines.join('\n').slice(0, 2000) }),
  where: { server: step.server },
});
