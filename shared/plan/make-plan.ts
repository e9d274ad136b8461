import { sha256 as digest } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Fleet } from '../fleet/fleet';
import { checkObserved } from '../fleet/rules/check-observed';
import { checkTopology } from '../fleet/rules/check-topology';
import { readTopology } from '../fleet/topology';
import { type Sha256, type ServerId, trusted } from '../names';
import type { ObservedServer } from '../observed';
import { type Problem, problemOf } from '../problem';
import { originsOf } from './desired';
import { Draft } from './draft';
import type { Known } from './known';
import { ownerFinder, type OwnerOf } from './owners';
import { distinctPairs, type Pair } from './pair';
import { PlanMaker } from './plan-maker';
import type { Plan, PlanReport, Step } from './plan';
import { advice, whyNotRefreshed } from './advice';
import { faultsOf } from './older-than-file';
import { Roles } from './roles';

/** What a plan is made for besides what the fleet file says. */
export interface PlanWishes {
  /** Pairs that an interrupted deploy was still to compare. */
  readonly uncompared?: readonly Pair[];
  /** Servers that take their source's data although both say one domain, as after a restore (`kanidm.md`, rule 9). */
  readonly refresh?: readonly ServerId[];
  /** Servers an interrupted deploy was at work on: their pulls are proved, whether or not anything is left to do. */
  readonly unproved?: readonly ServerId[];
}

/**
 * Desired against observed: the ordered steps that bring the servers to what the fleet file says, and nothing else. A
 * fleet that is already so gives no steps.
 *
 * An error about one server holds back that server and whoever needs it; an error about the fleet blocks the plan
 * (`design.md`, "Deploying", 1). Whom a step erases is computed on a model of all servers (`erasure.ts`), and a plan in
 * which a step would erase anyone it does not name is blocked.
 */
export function makePlan(
  fleet: Fleet,
  observed: readonly ObservedServer[],
  { uncompared = [], refresh = [], unproved = [] }: PlanWishes = {},
): Plan {
  const topology = readTopology(fleet);
  const problems: Problem[] = [
    ...checkTopology(fleet, topology),
    ...checkObserved(fleet, topology, observed),
    ...observed.flatMap((server) => faultsOf(server).map((fault) => problemOf(fault))),
    ...whyNotRefreshed(fleet, topology, refresh),
  ];
  const byId = new Map(observed.map((server) => [server.id, server]));
  const origins = originsOf(fleet, byId);
  const ownerOf = ownerFinder(fleet, origins, observed);
  const report = (id: ServerId, code: string, message: string, fix: string): void =>
    void problems.push({ severity: 'error', code, server: id, message, fix, where: { server: id } });
  const known: Known = {
    ...{ fleet, topology, origins, ownerOf, problems, report },
    observed: byId,
    refresh: new Set(refresh),
    unproved: new Set(unproved),
  };
  const roles = new Roles(known);
  const draft = new Draft(observed, ownerOf, roles.mayTouch);
  problems.push(...draft.stage.pending().map(({ erased, by }) => erasesItself(erased, by)));
  new PlanMaker(known, roles, draft).run();
  for (const [id, other] of pairsToCompare(draft.steps, uncompared)) draft.compare(id, other);
  problems.push(...advice(known, draft.steps));
  return planOf(draft, problems);
}

/**
 * Whoever was refreshed is compared with its source at the end: rounds that succeed prove less than the data itself
 * (`kanidm.md`, "Comparing what two servers really hold").
 */
function pairsToCompare(steps: readonly Step[], uncompared: readonly Pair[]): readonly Pair[] {
  const refreshed = steps.flatMap((step): Pair[] =>
    step.action === 'refresh' ? [[step.server, step.source]] : [],
  );
  return distinctPairs([...refreshed, ...uncompared]);
}

/** A draft of special steps (a rollback, a restart) on the same model of who would erase himself. */
export function draftOf(fleet: Fleet, observed: readonly ObservedServer[]): Draft {
  const running = new Set(observed.filter((it) => it.state === 'running').map((it) => it.id));
  return new Draft(observed, ownersOf(fleet, observed), (id) => running.has(id));
}

/** Whose a partner table is, by the fleet file and what was seen. */
export function ownersOf(fleet: Fleet, observed: readonly ObservedServer[]): OwnerOf {
  const byId = new Map(observed.map((server) => [server.id, server]));
  return ownerFinder(fleet, originsOf(fleet, byId), observed);
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
