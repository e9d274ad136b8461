import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Job, settles } from '../../../../shared/plan/model/job';
import { serverId } from '../../../../shared/base/names';
import { interruptedMessage, unreadableJournal } from '../../../../shared/plan/model/interrupted';
import { makePlan } from '../../../../shared/plan/make/make-plan';
import type { Pair } from '../../../../shared/plan/model/pair';
import { type Plan, planWith } from '../../../../shared/plan/model/plan';
import { makeServicePlan } from '../../../../shared/plan/make/service-plan';
import { makeRenewPlan } from '../../../../shared/plan/make/renew-plan';
import { type Fault, fail, ok, type Result } from '../../../../shared/base/result';
import type { Clock } from '../../base/time';
import type { ObservedFleet } from '../../fleet/observe-fleet';
import { planPutBack } from './plan-put-back';
import { planRecovery } from './plan-recovery';
import { ranLast } from './ran-last';
import { restOfService } from './rest-of-service';
import { planRollback } from './plan-rollback';
import { chainOf, isAtWork, rollbacksOf, touchedServers } from '../journal/chain';
import { lastComparisons } from '../../compare/kept-comparisons';
import { neverCompared } from '../journal/compared';
import { comparisonsLeft, unfinishedRefreshes } from '../journal/unfinished';
import type { Unread } from '../journal/glance';
import {
  type DeployRecord,
  type FleetKey,
  interruptedDeploy,
  isOf,
  mayBeOf,
  type PastDeploys,
  whatHolds,
} from '../journal/read-journal';
import { endedBadly, checkUndoable } from '../journal/whats-possible';
import { stillRunning } from '../journal/still-running';

/** A plan with what running it needs to know. */
export interface PlannedJob {
  readonly plan: Plan;
  readonly of: DeployRecord | null;
  /** More is planned once these steps are done. */
  readonly partial: boolean;
}

/** Plans a job from how the servers are now; what a journal says is only a hint where to look. */
export async function planJob(
  job: Job,
  fleet: ObservedFleet,
  { deploys, unreadable }: PastDeploys,
  { configDir, clock }: { readonly configDir: string; readonly clock: Clock },
): Promise<Result<PlannedJob>> {
  const key = { path: fleet.path, name: fleet.fleet.name };
  const unread = unreadable.filter((it) => mayBeOf(it, key));
  const mine = deploys.filter((it) => isOf(it, key));
  switch (job.kind) {
    case 'apply': {
      const uncompared = await comparableNow(fleet, mine, configDir);
      return ok({
        plan: withProblems(fleet, makePlan(fleet.fleet, fleet.observed, { uncompared })),
        of: null,
        partial: false,
      });
    }
    case 'resume': {
      const of = interruptedDeploy(deploys, key);
      const live = mine.find((it) => it.state === 'running');
      if (of === null && live !== undefined) return fail(stillRunning(live));
      if (of === null) return fail(checkNamed(unread, null) ?? nothingInterrupted);
      const chain = chainOf(of, mine);
      const rest = await restOfService(fleet, chain, clock);
      if (rest !== null) return ok({ plan: withProblems(fleet, rest), of, partial: false });
      const touched = await touchedServers(chain, rollbacksOf(of, mine));
      const first = planRecovery(fleet, of, touched);
      if (first !== null) return ok({ plan: withProblems(fleet, first), of, partial: true });
      const uncompared = comparisonsLeft(chain).filter((pair) => pair.every((id) => fleet.sites.has(id)));
      return ok({
        plan: withProblems(
          fleet,
          makePlan(fleet.fleet, fleet.observed, {
            uncompared,
            refresh: unfinishedRefreshes(chain),
            unproved: touched.flatMap((it) => (isAtWork(it) ? [it.server] : [])),
          }),
        ),
        of,
        partial: false,
      });
    }
    case 'rollback': {
      const interrupted = interruptedDeploy(deploys, key);
      const live = mine.find((it) => it.state === 'running');
      // While one runs, an older one is not what "undo" means.
      if (job.deploy === null && interrupted === null && live !== undefined) return fail(stillRunning(live));
      const of =
        job.deploy === null
          ? (interrupted ?? mine.find(endedBadly) ?? null)
          : (mine.find((it) => it.deploy === job.deploy) ?? null);
      if (of === null) return fail(checkNamed(unread, job.deploy) ?? nothingToUndo);
      const not = checkUndoable(of, mine);
      if (not !== null) return fail(not);
      const chain = chainOf(of, mine);
      return ok({
        plan: withProblems(
          fleet,
          planRollback(fleet, of, chain, await touchedServers(chain, rollbacksOf(of, mine))),
        ),
        of,
        partial: false,
      });
    }
    case 'renew': {
      const id = serverId(job.server);
      if (id === null || !fleet.observed.some((it) => it.id === id)) return fail(noSuchServer(job.server));
      return ok({
        plan: withProblems(fleet, makeRenewPlan(fleet.fleet, fleet.observed, id)),
        of: null,
        partial: false,
      });
    }
    case 'start':
    case 'restart': {
      const id = serverId(job.server);
      if (id === null || !fleet.observed.some((it) => it.id === id)) return fail(noSuchServer(job.server));
      const last = await ranLast(fleet.sites.get(id), clock);
      const plan = makeServicePlan(fleet.fleet, fleet.observed, { kind: job.kind, server: id, ...last });
      return ok({ plan: withProblems(fleet, plan), of: null, partial: false });
    }
    case 'refresh': {
      const servers = job.servers.map(serverId);
      const stranger = job.servers.find((_, index) => servers[index] === null);
      if (stranger !== undefined) return fail(noSuchServer(stranger));
      const refresh = servers.filter((id) => id !== null);
      const plan = makePlan(fleet.fleet, fleet.observed, { refresh });
      return ok({ plan: withProblems(fleet, plan), of: null, partial: false });
    }
    case 'put-back': {
      const of = mine.find((it) => it.deploy === job.deploy);
      const server = /^step-\w+\.([a-z0-9-]+)\.(?:before|after)\.toml$/.exec(job.file)?.[1];
      if (!of || server === undefined) return fail(noSuchDeploy(`${job.deploy}/${job.file}`));
      const text = await readFile(join(of.folder, job.file), 'utf8').catch(() => null);
      if (text === null) return fail(noSuchDeploy(`${job.deploy}/${job.file}`));
      return ok({
        plan: withProblems(fleet, planPutBack(fleet, server, text, of)),
        of: null,
        partial: false,
      });
    }
  }
}

/** The interrupted deploy of a fleet as a fault: nothing but what settles it is deployed before. Null: none is. */
export function checkInterrupted(job: Job, fleet: FleetKey, past: PastDeploys): Fault | null {
  if (settles(job.kind)) return null;
  const held = whatHolds(past, fleet);
  const of = held.interrupted;
  const [unread] = held.unreadable;
  if (of === null) return unread === undefined ? null : unreadableJournal(unread);
  return {
    code: 'deploy-interrupted',
    message: interruptedMessage(of.deploy, of.header.at),
    fix: 'Finish it (kanilink resume FLEET) or undo it (kanilink rollback FLEET) first; nothing was changed.',
    where: {},
  };
}

/**
 * Why there is no deploy to go on with: its journal cannot be read. A journal that is read in part is never acted on.
 * @param named the deploy that was asked for; null: the newest that stands in the way.
 */
function checkNamed(unread: readonly Unread[], named: string | null): Fault | null {
  const it = unread.find((one) => (named === null ? !one.over : one.deploy === named));
  if (it !== undefined) return unreadableJournal(it, 'error');
  return named === null ? null : noSuchDeploy(named);
}

const withProblems = (fleet: ObservedFleet, plan: Plan): Plan =>
  planWith(plan, [...fleet.problems, ...plan.problems]);

/** Who was refreshed and never compared, as far as both run, are in one domain, and are linked still. */
async function comparableNow(
  fleet: ObservedFleet,
  past: readonly DeployRecord[],
  configDir: string,
): Promise<readonly Pair[]> {
  const seen = new Map(fleet.observed.map((it) => [it.id, it]));
  const linked = new Set(
    fleet.fleet.links.flatMap((it) => [`${it.supplier} ${it.consumer}`, `${it.consumer} ${it.supplier}`]),
  );
  const kept = await lastComparisons(configDir, fleet.fleet);
  return neverCompared(past, kept).filter(([a, b]) => {
    const [mine, theirs] = [seen.get(a)?.domain?.uuid, seen.get(b)?.domain?.uuid];
    return linked.has(`${a} ${b}`) && mine !== undefined && mine === theirs;
  });
}

const noSuchServer = (id: string): Fault => ({
  code: 'no-such-server',
  message: `The fleet has no server ${id}.`,
  fix: 'Check the id in the fleet file.',
  where: {},
});

const nothingInterrupted: Fault = {
  code: 'nothing-interrupted',
  message: 'No deploy of this fleet was interrupted.',
  fix: 'See what is left to do: kanilink plan FLEET.',
  where: {},
};

const nothingToUndo: Fault = {
  code: 'nothing-to-undo',
  message: 'No deploy of this fleet was interrupted or ended badly.',
  fix: 'To undo another one, name it as kanilink history FLEET lists it: kanilink rollback FLEET --deploy ID.',
  where: {},
};

const noSuchDeploy = (name: string): Fault => ({
  code: 'no-such-deploy',
  message: `The history of this fleet has no ${name}.`,
  fix: 'Look at the deploys of this fleet (kanilink history FLEET), and at --config-dir.',
  where: {},
});
