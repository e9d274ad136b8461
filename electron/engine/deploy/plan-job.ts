import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Job } from '../../../shared/plan/job';
import { serverId } from '../../../shared/names';
import { interruptedMessage } from '../../../shared/plan/interrupted';
import { makePlan } from '../../../shared/plan/make-plan';
import type { Pair } from '../../../shared/plan/pair';
import type { Plan } from '../../../shared/plan/plan';
import { makeRenewPlan } from '../../../shared/plan/renew-plan';
import { type Fault, fail, ok, type Result } from '../../../shared/result';
import type { ObservedFleet } from '../observe-fleet';
import { planPutBack } from './plan-put-back';
import { planLooseEnds } from './plan-loose-ends';
import { planRollback } from './plan-rollback';
import { chainOf, isAtWork, rollbacksOf, touchedServers } from './chain';
import { lastComparisons } from '../compare/kept-comparisons';
import { neverCompared } from './compared';
import { comparisonsLeft, refreshesLeft } from './left-over';
import { type DeployRecord, interruptedDeploy, isOf, readDeploys } from './read-journal';

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
  configDir: string,
): Promise<Result<PlannedJob>> {
  const { deploys } = await readDeploys(configDir);
  const key = { path: fleet.path, name: fleet.fleet.name };
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
      if (of === null) return fail(nothingInterrupted);
      const chain = chainOf(of, mine);
      const touched = await touchedServers(chain, rollbacksOf(of, mine));
      const first = planLooseEnds(fleet, of, touched);
      if (first !== null) return ok({ plan: withProblems(fleet, first), of, partial: true });
      const uncompared = comparisonsLeft(chain).filter((pair) => pair.every((id) => fleet.sites.has(id)));
      return ok({
        plan: withProblems(
          fleet,
          makePlan(fleet.fleet, fleet.observed, {
            uncompared,
            refresh: refreshesLeft(chain),
            unproved: touched.flatMap((it) => (isAtWork(it) ? (serverId(it.server) ?? []) : [])),
          }),
        ),
        of,
        partial: false,
      });
    }
    case 'rollback': {
      const of =
        job.deploy === null
          ? (interruptedDeploy(deploys, key) ?? mine.find(mayBeUndone) ?? null)
          : (mine.find((it) => it.deploy === job.deploy) ?? null);
      if (of === null) return fail(job.deploy === null ? nothingToUndo : noSuchDeploy(job.deploy));
      if (of.state === 'running') return fail(stillRunning(of));
      const chain = chainOf(of, mine);
      if (chain.some(hasRenewed)) return fail(renewalStays(of));
      return ok({
        plan: withProblems(
          fleet,
          planRollback(fleet, chain, await touchedServers(chain, rollbacksOf(of, mine))),
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

/** The interrupted deploy of a fleet as a fault: nothing else is deployed before it is resumed or rolled back. */
export async function whyInterrupted(fleet: ObservedFleet, configDir: string): Promise<Fault | null> {
  const { deploys } = await readDeploys(configDir);
  const of = interruptedDeploy(deploys, { path: fleet.path, name: fleet.fleet.name });
  if (of === null) return null;
  return {
    code: 'deploy-interrupted',
    message: interruptedMessage(of.deploy, of.header.at),
    fix: 'Finish it (kanilink resume FLEET) or undo it (kanilink rollback FLEET) first; nothing was changed.',
    where: {},
  };
}

const mayBeUndone = (it: DeployRecord): boolean =>
  it.settledBy === null &&
  it.state === 'finished' &&
  it.outcome !== 'done' &&
  it.header.purpose !== 'rollback' &&
  it.entries.some((entry) => entry.kind === 'intent' && entry.effect === 'write');

const withProblems = (fleet: ObservedFleet, plan: Plan): Plan => ({
  ...plan,
  problems: [...fleet.problems, ...plan.problems],
});

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

/** A renewal may have happened from the moment it was asked for. */
const hasRenewed = (it: DeployRecord): boolean =>
  it.entries.some((entry) => entry.kind === 'intent' && entry.effect === 'renew');

const renewalStays = (of: DeployRecord): Fault => ({
  code: 'renewal-not-undone',
  message: `The deploy ${of.deploy} renewed a certificate, which nothing brings back: the old files would pin one that is gone.`,
  fix: 'Go on instead: kanilink resume FLEET after an interruption, else kanilink apply FLEET; both pin the certificate that is shown now.',
  where: {},
});

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

const stillRunning = (of: DeployRecord): Fault => ({
  code: 'deploy-running',
  message: `The deploy ${of.deploy} is still running, in process ${of.header.pid} on ${of.header.host}.`,
  fix: 'Cancel it there, or wait until it is over.',
  where: {},
});
