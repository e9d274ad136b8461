import { checkObserved } from '../../../shared/fleet/rules/check-observed';
import { checkTopology } from '../../../shared/fleet/rules/check-topology';
import { readTopology, type Topology } from '../../../shared/fleet/topology';
import type { Fleet } from '../../../shared/fleet/fleet';
import { judgePull } from '../../../shared/kanidmd/judge';
import type { PullHealth } from '../../../shared/kanidmd/health';
import type { Origin, ServerId } from '../../../shared/names';
import type { ObservedServer, StatusReport, StatusServer } from '../../../shared/observed';
import { originOf } from '../../../shared/plan/desired';
import { problemOf } from '../../../shared/problem';
import type { Call } from '../connect/connection';
import type { ObservedFleet } from '../observe-fleet';
import { proofWindowMs } from '../probe/probe-server';
import { type Clock, until } from '../time';
import { tellUndeployed, undeployedPulls, type WhyUndeployed } from './undeployed';
import { pullInput, type Reading, readingOf, takeReading, widestWindow } from './reading';

export interface StatusCall extends Call {
  readonly wait: boolean;
  /** Told once when it begins to wait for a round: up to this many milliseconds. */
  readonly waiting?: (limitMs: number) => void;
}

/**
 * Servers and pulls as they are. The logs were read back over two poll intervals; only where that is no evidence yet
 * (`waiting`, `unknown` on running servers) and `wait` is asked, it waits up to as long again; not for pulls that are not
 * deployed yet.
 */
export async function statusOf(fleet: ObservedFleet, clock: Clock, call: StatusCall): Promise<StatusReport> {
  const topology = readTopology(fleet.fleet);
  const origins = dialledOrigins(fleet.fleet, fleet.observed);
  const windowMs = widestWindow(fleet.observed);
  // A probe reads as far back as a server's own interval asks; another's may ask for more.
  const first = await readAll(fleet, clock, call, windowMs, (it) => proofWindowMs(it.config) < windowMs);
  const why = undeployedPulls(fleet.fleet, fleet.observed);
  const judge = (readings: ReadonlyMap<ServerId, Reading>) => judgeAll(topology, readings, origins, why);
  const lacks = (pull: PullHealth, readings: ReadonlyMap<string, Reading>): boolean =>
    lacksEvidence(pull, readings) && why(pull) === null;
  let pulls = judge(first);
  if (call.wait && pulls.some((pull) => lacks(pull, first))) {
    const timeoutMs = Math.min(call.timeoutMs, windowMs);
    call.waiting?.(timeoutMs);
    await until(clock, { timeoutMs, signal: call.signal, everyMs: 700 }, async () => {
      const readings = await readAll(fleet, clock, call, windowMs, () => true);
      pulls = judge(readings);
      const done = !pulls.some((pull) => lacks(pull, readings));
      return done ? { done: true, value: null } : { done: false, last: null };
    });
  }
  return { servers: fleet.observed.map(describeServer), pulls, problems: problemsOf(fleet, topology) };
}

/** Everything the rules and the probe have to say. */
export function problemsOf(fleet: ObservedFleet, topology: Topology): StatusReport['problems'] {
  return [
    ...fleet.problems,
    ...fleet.observed.flatMap((server) => server.faults.map((fault) => problemOf(fault))),
    ...checkTopology(fleet.fleet, topology),
    ...checkObserved(fleet.fleet, topology, fleet.observed),
  ];
}

/** Judges every pull of the fleet on one set of readings. */
export function judgeAll(
  topology: Topology,
  readings: ReadonlyMap<ServerId, Reading>,
  origins: (pull: { readonly consumer: ServerId; readonly supplier: ServerId }) => Origin | null,
  why: WhyUndeployed,
): readonly PullHealth[] {
  return topology.pulls.flatMap((pull) => {
    const mine = readings.get(pull.consumer);
    const theirs = readings.get(pull.supplier);
    if (!mine || !theirs) return [];
    const judged = judgePull(pullInput(pull.consumer, mine, pull.supplier, theirs, origins(pull)));
    // Who is down is told first: nothing is deployed to it either.
    return [mine.state === 'running' && theirs.state === 'running' ? tellUndeployed(judged, why) : judged];
  });
}

/** The name each pull dials: the link's own, else the supplier's origin. */
export function dialledOrigins(fleet: Fleet, observed: readonly ObservedServer[]) {
  const byId = new Map(observed.map((server) => [server.id, server]));
  const own = new Map(fleet.servers.map(({ id }) => [id, originOf(fleet, byId, id)]));
  const named = new Map<string, Origin>();
  for (const link of fleet.links) {
    if (link.supplierOrigin !== null) named.set(`${link.consumer} ${link.supplier}`, link.supplierOrigin);
    if (link.consumerOrigin !== null) named.set(`${link.supplier} ${link.consumer}`, link.consumerOrigin);
  }
  return (pull: { readonly consumer: ServerId; readonly supplier: ServerId }): Origin | null =>
    named.get(`${pull.consumer} ${pull.supplier}`) ?? own.get(pull.supplier) ?? null;
}

/** One server in the shape of `status --json`. */
export function describeServer(server: ObservedServer): StatusServer {
  const certificate = server.certificate;
  return {
    id: server.id,
    state: server.state,
    version: server.facts?.runningVersion ?? server.versionOnDisk,
    domain: server.domain?.name ?? null,
    domainUuid: server.domain?.uuid ?? null,
    fileRead: server.config !== null,
    replication: (server.config?.replication ?? null) !== null,
    certificate:
      certificate === null
        ? null
        : {
            fingerprint: certificate.fingerprint,
            notBefore: certificate.notBefore,
            notAfter: certificate.notAfter,
            names: certificate.names,
          },
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
