import { checkObserved } from '../../../shared/fleet/rules/check-observed';
import { checkTopology } from '../../../shared/fleet/rules/check-topology';
import { readTopology, type Topology } from '../../../shared/fleet/model/topology';
import { describePull, type Fleet, type Pull } from '../../../shared/fleet/model/fleet';
import { runningPulls } from '../../../shared/fleet/model/running';
import { reported } from '../../../shared/certificates/certificate';
import { judgePull } from '../../../shared/health/judge';
import type { PullHealth } from '../../../shared/kanidmd/health';
import type { Origin, ServerId } from '../../../shared/base/names';
import type { ObservedServer } from '../../../shared/observed/observed';
import type { AnyServerStatus, StatusReport, StatusServer } from '../../../shared/observed/status';
import { replicates, runsWith } from '../../../shared/observed/observed-config';
import { reportReplication } from '../../../shared/observed/report-replication';
import { originOf } from '../../../shared/fleet/model/desired';
import { ownersOf } from '../../../shared/fleet/model/owners';
import { problemOf } from '../../../shared/base/problem';
import type { StatusCall } from '../api/calls';
import type { Call } from '../base/call';
import type { ObservedFleet } from '../fleet/observe-fleet';
import { proofWindowMs } from '../fleet/probe/probe-server';
import { type Clock, until } from '../base/time';
import { tellUndeployed, undeployedPulls, type WhyUndeployed } from './undeployed';
import { pullInput, type Reading, readingOf, takeReading, widestWindow } from './reading';

/**
 * Servers and pulls as they are. The logs were read back over two poll intervals; only where that is no evidence yet
 * (`waiting`, `unknown` on running servers) and `wait` is asked, it waits up to as long again; not for pulls that are not
 * deployed yet.
 */
export async function statusOf(fleet: ObservedFleet, clock: Clock, call: StatusCall): Promise<StatusReport> {
  const topology = readTopology(fleet.fleet);
  const windowMs = widestWindow(fleet.observed);
  // A probe reads as far back as a server's own interval asks; another's may ask for more.
  const first = await readAll(fleet, clock, call, windowMs, (it) => proofWindowMs(runsWith(it)) < windowMs);
  const why = undeployedPulls(fleet.fleet, fleet.observed);
  const judge = (readings: ReadonlyMap<ServerId, Reading>) =>
    judgeFleet(fleet.fleet, topology, fleet.observed, readings);
  const lacks = (pull: PullHealth, readings: ReadonlyMap<string, Reading>): boolean =>
    lacksEvidence(pull, readings) && why(pull) === null;
  let judged = judge(first);
  if (call.wait && judged.pulls.some((pull) => lacks(pull, first))) {
    const timeoutMs = Math.min(call.timeoutMs, windowMs);
    call.waiting?.(timeoutMs);
    await until(clock, { timeoutMs, signal: call.signal, everyMs: 700 }, async () => {
      const readings = await readAll(fleet, clock, call, windowMs, () => true);
      judged = judge(readings);
      const done = !judged.pulls.some((pull) => lacks(pull, readings));
      return done ? { done: true, value: null } : { done: false, last: null };
    });
  }
  return {
    servers: describeServers(fleet.fleet, fleet.observed),
    ...judged,
    problems: problemsOf(fleet, topology),
  };
}

/** What the rules look at. */
export type JudgedFleet = Pick<ObservedFleet, 'fleet' | 'observed' | 'problems'>;

/** Everything the rules and the probe have to say. */
export function problemsOf(fleet: JudgedFleet, topology: Topology): StatusReport['problems'] {
  return [
    ...fleet.problems,
    ...fleet.observed.flatMap((server) => server.faults.map((fault) => problemOf(fault))),
    ...checkTopology(fleet.fleet, topology),
    ...checkObserved(fleet.fleet, topology, fleet.observed),
  ];
}

/**
 * Judges every pull on one set of readings: those that are drawn, and those that run and are not drawn. What runs is
 * judged by the name it is dialled by now, whatever is drawn.
 */
export function judgeFleet(
  fleet: Fleet,
  topology: Topology,
  observed: readonly ObservedServer[],
  readings: ReadonlyMap<ServerId, Reading>,
): Pick<StatusReport, 'pulls' | 'undrawn'> {
  const running = runningPulls(observed, ownersOf(fleet, observed));
  const drawn = new Set(topology.pulls.map(describePull));
  const dialled = dialledNow(fleet, observed);
  const why = undeployedPulls(fleet, observed);
  const judge = (pulls: readonly Pull[]): readonly PullHealth[] =>
    pulls.flatMap((pull) => {
      const mine = readings.get(pull.consumer);
      const theirs = readings.get(pull.supplier);
      if (!mine || !theirs) return [];
      return [judgeOne(pull, mine, theirs, dialled(pull), why)];
    });
  return {
    pulls: judge(topology.pulls),
    undrawn: judge(running.filter((it) => !drawn.has(describePull(it)))),
  };
}

function judgeOne(
  pull: Topology['pulls'][number],
  mine: Reading,
  theirs: Reading,
  dialled: Origin | null,
  why: WhyUndeployed,
): PullHealth {
  const judged = onOurClock(judgePull(pullInput(pull.consumer, mine, pull.supplier, theirs, dialled)), mine);
  // Who is down is told first: nothing is deployed to it either.
  if (mine.state !== 'running' || theirs.state !== 'running') return judged;
  // How old a round is, is known again once the servers' clocks were read again.
  if (mine.doubted || theirs.doubted) {
    const { remedy: _none, ...rest } = judged;
    return { ...rest, health: 'unknown', cause: DOUBTED, fix: '' };
  }
  return tellUndeployed(judged, why);
}

const DOUBTED = 'The clock of this computer was set, or it slept: the servers are looked at again.';

/** Times of the consumer's clock as this computer's, beside which they are shown. */
function onOurClock(pull: PullHealth, { clockOffsetMs }: Reading): PullHealth {
  if (clockOffsetMs === 0) return pull;
  const ours = (at: string): string => new Date(Date.parse(at) - clockOffsetMs).toISOString();
  return {
    ...pull,
    lastSuccess: pull.lastSuccess === null ? null : ours(pull.lastSuccess),
    ...(pull.lastRefresh === undefined ? {} : { lastRefresh: ours(pull.lastRefresh) }),
  };
}

/** The name each pull dials now, whatever is drawn; of one that does not run: the drawn one. */
export function dialledNow(fleet: Fleet, observed: readonly ObservedServer[]) {
  const running = runningPulls(observed, ownersOf(fleet, observed));
  const dialled = new Map(running.map((pull) => [describePull(pull), pull.origin]));
  const origins = dialledOrigins(fleet, observed);
  return (pull: { readonly consumer: ServerId; readonly supplier: ServerId }): Origin | null =>
    dialled.get(describePull(pull)) ?? origins(pull);
}

/** The name each pull dials: the link's own, else the supplier's origin. */
export function dialledOrigins(fleet: Fleet, observed: readonly ObservedServer[]) {
  const byId = new Map(observed.map((server) => [server.id, server]));
  const own = new Map(fleet.servers.map(({ id }) => [id, originOf(fleet, byId, id)]));
  const named = new Map<string, Origin>();
  for (const link of fleet.links) {
    if (link.supplierOrigin !== null) named.set(describePull(link), link.supplierOrigin);
    const back = { consumer: link.supplier, supplier: link.consumer };
    if (link.consumerOrigin !== null) named.set(describePull(back), link.consumerOrigin);
  }
  return (pull: { readonly consumer: ServerId; readonly supplier: ServerId }): Origin | null =>
    named.get(describePull(pull)) ?? own.get(pull.supplier) ?? null;
}

/** The servers in the shape of `status --json`. */
export function describeServers(fleet: Fleet, observed: readonly ObservedServer[]): readonly StatusServer[] {
  const ownerOf = ownersOf(fleet, observed);
  return observed.map((server) => {
    const replication = runsWith(server)?.replication ?? null;
    return {
      ...describeServer(server),
      runsWith: replication === null ? null : reportReplication(replication, ownerOf),
    };
  });
}

/** What can be said of one server without its fleet. */
export function describeServer(server: ObservedServer): AnyServerStatus {
  return {
    id: server.id,
    state: server.state,
    version: server.facts?.runningVersion ?? server.versionOnDisk,
    domain: server.domain?.name ?? null,
    domainUuid: server.domain?.uuid ?? null,
    fileRead: server.config !== null,
    replication: replicates(server),
    certificate: server.certificate === null ? null : reported(server.certificate),
  };
}

async function readAll(
  fleet: ObservedFleet,
  clock: Clock,
  call: Call,
  windowMs: number,
  again: (server: ObservedServer) => boolean,
): Promise<ReadonlyMap<ServerId, Reading>> {
  const readings = await Promise.all(
    fleet.observed.map(async (server) => {
      const site = again(server) ? fleet.sites.get(server.id) : undefined;
      const limit = { signal: call.signal, timeoutMs: 20_000 };
      const reading = site
        ? await takeReading(site.connection, server, clock, limit, windowMs)
        : readingOf(server, clock);
      return [server.id, reading] as const;
    }),
  );
  return new Map(readings);
}

/** A running pair whose log says nothing yet: waiting may bring it. */
function lacksEvidence(pull: PullHealth, readings: ReadonlyMap<string, Reading>): boolean {
  const undecided = pull.health === 'waiting' || pull.health === 'unknown';
  const both = [pull.consumer, pull.supplier].every((id) => readings.get(id)?.state === 'running');
  return undecided && both;
}
