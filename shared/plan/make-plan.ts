import { sha256 as digest } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Fleet } from '../fleet/fleet';
import { checkObserved } from '../fleet/rules/check-observed';
import { checkTopology } from '../fleet/rules/check-topology';
import { readTopology } from '../fleet/topology';
import { type Origin, type Sha256, type ServerId, trusted } from '../names';
import type { ObservedServer } from '../observed';
import { parseOrigin } from '../origin';
import { type Problem, problemOf } from '../problem';
import { originOf } from './desired';
import { Draft } from './draft';
import { PlanMaker } from './plan-maker';
import type { Plan, PlanReport, Step } from './plan';

/**
 * Desired against observed: the ordered steps that bring the servers to what the fleet file says, and nothing else. A
 * fleet that is already so gives no steps.
 *
 * An error about one server holds back that server and whoever needs it; an error about the fleet blocks the plan
 * (`design.md`, "Deploying", 1). Whom a step erases is computed on a model of all servers (`erasure.ts`), and a plan in
 * which a step would erase anyone it does not name is blocked.
 * @param uncompared pairs that an interrupted deploy was still to compare.
 */
export function makePlan(
  fleet: Fleet,
  observed: readonly ObservedServer[],
  uncompared: readonly Pair[] = [],
): Plan {
  const topology = readTopology(fleet);
  const problems: Problem[] = [
    ...checkTopology(fleet, topology),
    ...checkObserved(fleet, topology, observed),
    ...observed.flatMap((server) => server.faults.map((fault) => problemOf(fault))),
  ];
  const byId = new Map(observed.map((server) => [server.id, server]));
  const origins = originsOf(fleet, byId);
  const draft = new Draft(observed, partnerFinder(fleet, origins));
  problems.push(...draft.stage.pending().map(({ erased, by }) => erasesItself(erased, by)));
  const report = (id: ServerId, code: string, message: string, fix: string): void =>
    void problems.push({ severity: 'error', code, server: id, message, fix, where: { server: id } });
  new PlanMaker({ fleet, topology, observed: byId, origins, draft, problems, report }).run();
  for (const [id, other] of pairsToCompare(draft.steps, uncompared)) draft.compare(id, other);
  return planOf(draft, problems);
}

/** Two servers whose data is compared. */
export type Pair = readonly [ServerId, ServerId];

/**
 * Whoever was refreshed is compared with its source at the end: rounds that succeed prove less than the data itself
 * (`kanidm.md`, "Comparing what two servers really hold").
 */
function pairsToCompare(steps: readonly Step[], uncompared: readonly Pair[]): readonly Pair[] {
  const refreshed = steps.flatMap((step): Pair[] =>
    step.action === 'refresh' ? [[step.server, step.source]] : [],
  );
  return [
    ...new Map([...refreshed, ...uncompared].map((pair) => [[...pair].sort().join(' '), pair])).values(),
  ];
}

/** A draft of special steps (a rollback, a restart) on the same model of who would erase himself. */
export function draftOf(fleet: Fleet, observed: readonly ObservedServer[]): Draft {
  const byId = new Map(observed.map((server) => [server.id, server]));
  return new Draft(observed, partnerFinder(fleet, originsOf(fleet, byId)));
}

/** The plan a draft has become. An erasure that no step is there to cause blocks it. */
export function planOf(draft: Draft, found: readonly Problem[]): Plan {
  const problems = [...found, ...draft.surprises.map(surprise)];
  const steps = draft.steps;
  return {
    steps,
    problems: dedupe(problems),
    blocked: problems.some((problem) => problem.severity === 'error' && problem.server === null),
    fingerprint: fingerprintOf(steps),
  };
}

function originsOf(fleet: Fleet, byId: ReadonlyMap<ServerId, ObservedServer>): Map<ServerId, Origin> {
  return new Map(
    fleet.servers.flatMap(({ id }) => {
      const origin = originOf(fleet, byId, id);
      return origin === null ? [] : [[id, origin] as const];
    }),
  );
}

/** A plan in the command line's shape (`design.md`, "The command line"). */
export function planReport(plan: Plan): PlanReport {
  return {
    changes: plan.steps.length > 0,
    steps: plan.steps.map(({ id, server, action, summary, diff, risk, erases }) => ({
      id,
      server,
      action,
      summary,
      diff,
      risk,
      erases,
    })),
    problems: plan.problems,
  };
}

/** Whose table an origin names: by the servers' origins and by the names links dial. */
function partnerFinder(fleet: Fleet, origins: ReadonlyMap<ServerId, string>) {
  const names = new Map<string, ServerId>();
  for (const link of fleet.links) {
    if (link.supplierOrigin !== null) names.set(link.supplierOrigin, link.supplier);
    if (link.consumerOrigin !== null) names.set(link.consumerOrigin, link.consumer);
  }
  for (const [id, origin] of origins) names.set(origin, id);
  return (origin: string): ServerId | null => names.get(parseOrigin(origin)?.origin ?? origin) ?? null;
}

function erasesItself(erased: ServerId, by: ServerId): Problem {
  return {
    severity: 'error',
    code: 'erases-itself',
    server: null,
    message: `${erased} has automatic_refresh and is in another domain than ${by}: it replaces its own database by ${by}'s as soon as a pull works.`,
    fix: `Set automatic_refresh = false in ${erased}'s server.toml and restart it, or let it finish and check again.`,
    where: { server: erased },
  };
}

function surprise(it: { readonly step: Step; readonly erased: ServerId; readonly by: ServerId }): Problem {
  return {
    severity: 'error',
    code: 'would-erase',
    server: null,
    message: `Step ${it.step.id} (${it.step.summary}) would make ${it.erased} erase itself with ${it.by}'s data.`,
    fix: `Turn automatic_refresh off on ${it.erased} first, then plan again.`,
    where: { server: it.erased },
  };
}

function dedupe(problems: readonly Problem[]): readonly Problem[] {
  return [
    ...new Map(
      problems.map((problem) => [`${problem.code} ${problem.server} ${problem.message}`, problem]),
    ).values(),
  ];
}

/** Covers everything a person reads before consenting: the same fingerprint is the same reviewed plan. */
function fingerprintOf(steps: readonly Step[]): Sha256 {
  return trusted<Sha256>(bytesToHex(digest(utf8ToBytes(JSON.stringify(steps)))));
}
