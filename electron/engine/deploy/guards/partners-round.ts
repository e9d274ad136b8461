import type { ServerId } from '../../../../shared/base/names';
import { runsWith } from '../../../../shared/observed/observed-config';
import { originOf } from '../../../../shared/fleet/model/desired';
import { parseOrigin } from '../../../../shared/base/origin';
import { type Partner, pulls, type ServerConfig } from '../../../../shared/server-config/server-config';
import { proofWindowMs } from '../../fleet/probe/probe-server';
import { until, uncancelled } from '../../base/time';
import { judgePull } from '../../../../shared/health/judge';
import type { PullHealth } from '../../../../shared/kanidmd/health';
import { pullInput, type Reading, readingOf } from '../../health/reading';
import { judgePullsOf } from './judge-pulls';
import type { Step } from '../../../../shared/plan/steps/step';
import type { Fault } from '../../../../shared/base/result';
import { type Deployment, baselineAt, baselineOf, type Site } from '../deployment/deployment';

/**
 * Restarts roll: where a partner pulled from this server and it worked, the partner must have made a round since the
 * restart before another server is touched. A link that this very step changes is proved later, by its own step.
 * @param now the file the server runs with from now on; null: the one it had.
 * @returns null when all have, else whose pull does not work any more.
 */
export async function guardPartnersRound(
  deployment: Deployment,
  step: Step,
  site: Site,
  now: ServerConfig | null,
): Promise<Fault | null> {
  const waiting = workingPulls(deployment, site).filter(
    ({ consumer }) => now === null || tablesAreSame(deployment, site, consumer, now),
  );
  const faults = await Promise.all(
    waiting.map(async ({ consumer, origin }) => {
      deployment.say(step.id, `Waiting until ${consumer.server.id} has pulled from ${site.server.id} again`);
      const timeoutMs = proofWindowMs(runsWith(consumer.observed)) + 20_000;
      const limit = { timeoutMs, signal: deployment.signal, everyMs: 250 };
      const seen = await until(deployment.clock, limit, async () => {
        const call = uncancelled(30_000);
        const [pull] = await judgePullsOf(deployment, consumer, [{ site, origin }], call);
        if (!pull) throw new Error('one supplier has one pull');
        return pull.health === 'replicating' ? { done: true, value: pull } : { done: false, last: pull };
      });
      // Nothing is half done here: a cancel ends the wait, and no other server is touched.
      if (seen.done || deployment.signal.aborted) return null;
      return {
        code: 'partner-without-round',
        message: `${consumer.server.id} pulled from ${site.server.id} before its restart and does not since: ${seen.last.cause}`,
        fix: seen.last.fix || `Read ${consumer.server.id}’s log; no other server was restarted.`,
        where: { server: consumer.server.id },
      };
    }),
  );
  return faults.find((fault) => fault !== null) ?? null;
}

/** What is known not to work: a restart of the supplier makes it no better. */
const DOES_NOT_WORK: ReadonlySet<PullHealth['health']> = new Set(['broken', 'needs-refresh', 'paused']);

/**
 * Who pulled from a server when the deploy began, and it worked: its last round succeeded, and nothing was seen since that
 * ends it. A server that lost its database was pulled from before, and is not now.
 */
function workingPulls(deployment: Deployment, site: Site) {
  const supplier = site.server.id;
  const origin = originIn(deployment, supplier);
  if (origin === null) return [];
  return [...deployment.sites.values()].flatMap((consumer) => {
    const table = tableFor(consumer.observed.config, origin);
    if (consumer === site || !table || !pulls(table.type)) return [];
    const host = parseOrigin(origin)?.host;
    const last = consumer.observed.log?.rounds.filter((it) => it.supplierHost === host).at(-1);
    if (last?.outcome.kind !== 'success' || last.kind !== 'incremental') return [];
    const seen = judgePull(
      pullInput(
        consumer.server.id,
        asObserved(deployment, consumer),
        supplier,
        asObserved(deployment, site),
        origin,
      ),
    );
    return DOES_NOT_WORK.has(seen.health) ? [] : [{ consumer, origin }];
  });
}

/** A server as it was when the deploy looked at it: its log had reached that moment, whatever the time is now. */
function asObserved(deployment: Deployment, { observed }: Site): Reading {
  const reading = readingOf(observed, deployment.clock);
  return { ...reading, now: observed.log?.to ?? reading.now };
}

/** The tables of both ends are as they were: then what worked must work again. */
function tablesAreSame(deployment: Deployment, site: Site, consumer: Site, now: ServerConfig): boolean {
  const theirs = originIn(deployment, consumer.server.id);
  if (theirs === null) return false;
  const same = (a: Partner | undefined, b: Partner | undefined): boolean =>
    JSON.stringify(a) === JSON.stringify(b);
  // Another step of this deploy may have changed the consumer's file by now.
  const unchanged = baselineAt(deployment, consumer).sha256 === baselineOf(consumer.observed).sha256;
  return unchanged && same(tableFor(site.observed.config, theirs), tableFor(now, theirs));
}

const tableFor = (config: ServerConfig | null, origin: string): Partner | undefined =>
  config?.replication?.partners.find((it) => (parseOrigin(it.origin)?.origin ?? it.origin) === origin);

function originIn(deployment: Deployment, id: ServerId): ReturnType<typeof originOf> {
  const observed = new Map([...deployment.sites.values()].map((it) => [it.server.id, it.observed]));
  return originOf(deployment.fleet, observed, id);
}
