import { sha256 as digest } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Fleet } from '../../fleet/model/fleet';
import { checkObserved } from '../../fleet/rules/check-observed';
import { ruleProblem } from '../../fleet/rules/registry';
import { checkTopology } from '../../fleet/rules/check-topology';
import { readTopology } from '../../fleet/model/topology';
import { type Sha256, type ServerId, trusted } from '../../base/names';
import type { ObservedServer } from '../../observed/observed';
import { type Problem, problemOf } from '../../base/problem';
import { originsOf } from '../../fleet/model/desired';
import { PlanBuilder, type Surprise } from './plan-builder';
import type { PlanContext } from './plan-context';
import { ownersOf } from '../../fleet/model/owners';
import { distinctPairs, type Pair } from '../model/pair';
import { StepPlanner } from './step-planner';
import { isBlocked, type Plan } from '../model/plan';
import type { Step } from '../steps/step';
import { advice, whyNotRefreshed } from './advice';
import { whyNotFromBehind } from './supplier-behind';
import { lastingFaults } from './older-than-file';
import { Eligibility } from './eligibility';

/** What a plan is made for besides what the fleet file says. */
export interface PlanWishes {
  /** Pairs that an interrupted deploy was still to compare. */
  readonly uncompared?: readonly Pair[];
  /** Servers that take their source's data although both say one domain, as after a restore (`kanidm.md`, "Refresh erases", 9). */
  readonly refresh?: readonly ServerId[];
  /** Servers an interrupted deploy was at work on: their pulls are proved, whether or not anything is left to do. */
  readonly unproved?: readonly ServerId[];
}

/**
 * Desired against observed: the ordered steps that bring the servers to what the fleet file says, and nothing else. A
 * fleet that is already so gives no steps.
 *
 * An error about one server holds back that server and the servers that need it. An error about the fleet blocks the plan
 * (`design.md`, "Deploying", 1). Whom a step erases is computed on a model of all servers (`erasure.ts`), and a plan in
 * which a step would erase anyone it does not name is blocked.
 */
export function makePlan(
  fleet: Fleet,
  seen: readonly ObservedServer[],
  { uncompared = [], refresh: asked = [], unproved = [] }: PlanWishes = {},
): Plan {
  const observed = inFleetOrder(fleet, seen);
  const topology = readTopology(fleet);
  const behind = whyNotFromBehind(topology, observed, asked);
  const refresh = asked.filter((id) => behind.every(({ where }) => where.server !== id));
  const problems: Problem[] = [
    ...checkTopology(fleet, topology),
    ...checkObserved(fleet, topology, observed),
    ...observed.flatMap((server) => lastingFaults(server).map((fault) => problemOf(fault))),
    ...whyNotRefreshed(fleet, topology, asked),
    ...behind,
  ];
  const byId = new Map(observed.map((server) => [server.id, server]));
  const origins = originsOf(fleet, byId);
  const ownerOf = ownersOf(fleet, observed, origins);
  // What holds back a step is an error, also where it is a warning by itself.
  const report: PlanContext['report'] = (id, code, message, fix, other) => {
    const concerned = other === undefined ? undefined : { servers: [id, other] };
    problems.push({ ...ruleProblem(code, id, message, fix, { server: id }, concerned), severity: 'error' });
  };
  const context: PlanContext = {
    ...{ fleet, topology, origins, ownerOf, problems, report },
    observed: byId,
    refresh: new Set(refresh),
    unproved: new Set(unproved),
  };
  const eligibility = new Eligibility(context);
  const builder = new PlanBuilder(observed, ownerOf, eligibility.mayTouch);
  problems.push(...builder.model.pending().map(({ erased, by }) => erasesItself(erased, by)));
  new StepPlanner(context, eligibility, builder).run();
  for (const [id, other] of pairsToCompare(builder.steps, uncompared)) builder.compare(id, other);
  problems.push(...advice(context, builder.steps));
  return planOf(builder, problems);
}

/** Servers answer in any order. Where several steps could come next, the fleet file's order decides. */
function inFleetOrder(fleet: Fleet, observed: readonly ObservedServer[]): readonly ObservedServer[] {
  const place = new Map(fleet.servers.map(({ id }, index) => [id, index]));
  const placeOf = ({ id }: ObservedServer): number => place.get(id) ?? place.size;
  return [...observed].sort((a, b) => placeOf(a) - placeOf(b));
}

/**
 * A server that was refreshed is compared with its source at the end: rounds that succeed prove less than the data itself
 * (`kanidm.md`, "Comparing what two servers really hold").
 */
function pairsToCompare(steps: readonly Step[], uncompared: readonly Pair[]): readonly Pair[] {
  const refreshed = steps
    .filter((step) => step.action === 'refresh')
    .map(({ server, source }): Pair => [server, source]);
  return distinctPairs([...refreshed, ...uncompared]);
}

/** A draft of special steps (a rollback, a restart) on the same model of which servers would erase themselves. */
export function builderOf(
  fleet: Fleet,
  seen: readonly ObservedServer[],
  starting: ServerId | null = null,
): PlanBuilder {
  const observed = inFleetOrder(fleet, seen);
  const running = new Set(observed.filter((it) => it.state === 'running').map((it) => it.id));
  return new PlanBuilder(observed, ownersOf(fleet, observed), (id) => running.has(id), starting);
}

/** The plan a draft has become. An erasure that no step is there to cause blocks it. */
export function planOf({ steps, surprises }: PlanBuilder, found: readonly Problem[]): Plan {
  const problems = dedupe([...found, ...surprises.map(surprise)]);
  return { steps, problems, blocked: isBlocked(steps, problems), fingerprint: fingerprintOf(steps) };
}

function erasesItself(erased: ServerId, by: ServerId): Problem {
  return ruleProblem(
    'erases-itself',
    null,
    `${erased} has automatic_refresh and is in another domain than ${by}: it replaces its own database with ${by}’s as soon as a pull works.`,
    `Set automatic_refresh = false in ${erased}’s server.toml and restart it, or let it finish and check again.`,
    { server: erased },
  );
}

function surprise(it: Surprise): Problem {
  if (it.asked)
    return ruleProblem(
      'would-erase',
      null,
      `Step ${it.step.id} (${it.step.summary}) could make ${it.erased} take ${it.by}’s data: a refresh of ${it.erased} that was asked for earlier may still wait, and nothing restarts it before.`,
      `Stop ${it.by}, restart ${it.erased}, start ${it.by}, all by hand; then plan again.`,
      { server: it.erased },
    );
  return ruleProblem(
    'would-erase',
    null,
    `Step ${it.step.id} (${it.step.summary}) would make ${it.erased} erase itself with ${it.by}’s data.`,
    `Turn automatic_refresh off on ${it.erased} first, then plan again.`,
    { server: it.erased },
  );
}

/** Each problem once. What is an error to one of those that found it is one. */
function dedupe(problems: readonly Problem[]): readonly Problem[] {
  const said = new Map<string, Problem>();
  for (const it of problems) {
    const key = `${it.code} ${it.server} ${it.message}`;
    if (said.get(key)?.severity !== 'error') said.set(key, it);
  }
  return [...said.values()];
}

/** Covers everything a person reads before consenting: the same fingerprint is the same reviewed plan. */
function fingerprintOf(steps: readonly Step[]): Sha256 {
  return trusted<Sha256>(bytesToHex(digest(utf8ToBytes(JSON.stringify(steps)))));
}
