import type { ServerId, Origin } from '../../../shared/base/names';
import type { ObservedServer } from '../../../shared/observed/observed';
import type { Domain, LogEvidence } from '../../../shared/kanidmd/evidence';
import { runsWith, versionOf } from '../../../shared/observed/observed-config';
import { sinceStart, withEarlierTroubles } from '../../../shared/kanidmd/start-troubles';
import { jumped } from '../../../shared/base/moment';
import { parseOrigin } from '../../../shared/base/origin';
import type { ServerConnection } from '../connect/connection';
import type { Call } from '../base/call';
import { pollIntervalOf, proofWindowMs, readDomainOf } from '../fleet/probe/probe-server';
import { readEvidence } from '../fleet/probe/read-evidence';
import { type Clock, momentOf, serverTime } from '../base/time';

/** What is known of one server at one moment, for judging its pulls. */
export interface Reading {
  readonly state: ObservedServer['state'];
  readonly domain: Domain | null;
  /** As it says itself; null: not known. */
  readonly version: string | null;
  readonly log: LogEvidence | null;
  /** When it started, as far as it is known without the log; microseconds, the server's clock. */
  readonly startedAt: number | null;
  readonly pollInterval: number;
  /** Microseconds, the server's clock. */
  readonly now: number;
  /** The server's clock minus ours, milliseconds. */
  readonly clockOffsetMs: number;
  /** Our clock was set, or this computer slept, since the server's was read: nobody knows how old anything is. */
  readonly doubted: boolean;
}

/**
 * Looks at a server again: does it run, which domain, what does its log prove.
 * @param windowMs how far back its log is read: as far as the slowest of its consumers needs, `widestWindow`.
 */
export async function takeReading(
  connection: ServerConnection,
  observed: ObservedServer,
  clock: Clock,
  call: Call,
  windowMs: number,
): Promise<Reading> {
  const reading = await takeLogReading(connection, observed, clock, call, null, windowMs);
  return reading.state === 'running' ? withDomain(reading, connection, call) : reading;
}

/** A reading with the domain its server holds now. */
export async function withDomain(
  reading: Reading,
  connection: ServerConnection,
  call: Call,
): Promise<Reading> {
  const domain = await readDomainOf(connection, call);
  return { ...reading, domain: domain.ok ? domain.value : null };
}

/**
 * The same without asking the server for its domain: a command on it costs more than a look at its log.
 * @param restartedMs when it was last restarted as far as we know, its clock; older lines prove nothing.
 */
export async function takeLogReading(
  connection: ServerConnection,
  observed: ObservedServer,
  clock: Clock,
  call: Call,
  restartedMs: number | null,
  windowMs: number,
): Promise<Reading> {
  const seen = readingOf(observed, clock);
  const now = seen.now / 1000;
  const window = now - windowMs - 1000;
  const since = restartedMs === null ? window : Math.max(window, restartedMs);
  const [service, log] = await Promise.all([
    connection.service.state(call),
    readEvidence(connection, since, now, call),
  ]);
  const state = !service.ok ? 'unreachable' : service.value.state === 'running' ? 'running' : 'stopped';
  return {
    ...seen,
    state,
    domain: null,
    log: state !== 'unreachable' && log.ok ? withEarlierTroubles(log.value, observed.log) : null,
    startedAt: restartedMs === null ? seen.startedAt : restartedMs * 1000,
  };
}

/** The same from a probe, without looking again. */
export function readingOf(observed: ObservedServer, clock: Clock): Reading {
  const startedAt = observed.facts?.startedAt ?? null;
  const readAt = observed.facts?.clockReadAt;
  return {
    state: observed.state,
    domain: observed.domain,
    version: versionOf(observed),
    log: observed.log,
    startedAt: startedAt === null ? null : startedAt * 1000,
    pollInterval: pollIntervalOf(runsWith(observed)),
    now: serverTime(observed.facts, clock) * 1000,
    doubted: readAt !== undefined && jumped(readAt, momentOf(clock)),
    clockOffsetMs: observed.facts?.clockOffsetMs ?? 0,
  };
}

/** What `judgePull` reads. */
export function pullInput(
  consumer: ServerId,
  mine: Reading,
  supplier: ServerId,
  theirs: Reading,
  dialled: Origin | null,
) {
  const parts = dialled === null ? null : parseOrigin(dialled);
  return {
    consumer,
    supplier,
    supplierHost: parts?.host ?? null,
    supplierPort: parts?.port ?? null,
    pollInterval: mine.pollInterval,
    consumerLog: ofItsProcess(mine),
    supplierLog: shifted(ofItsProcess(theirs), (mine.clockOffsetMs - theirs.clockOffsetMs) * 1000),
    consumerVersion: mine.version,
    consumerDomain: mine.domain?.uuid ?? null,
    supplierDomain: theirs.domain?.uuid ?? null,
    consumerLevel: mine.domain?.level ?? null,
    supplierLevel: theirs.domain?.level ?? null,
    consumerState: mine.state,
    supplierState: theirs.state,
    now: mine.now,
  };
}

/** What the process that runs has said, and when it started: a log that was not read back so far does not tell. */
const ofItsProcess = ({ log, startedAt }: Reading): LogEvidence | null => sinceStart(log, startedAt);

/** The window of the server with the longest poll interval: a supplier's log has to reach back to its consumer's newest round. */
export const widestWindow = (
  servers: readonly Pick<ObservedServer, 'config' | 'facts' | 'log' | 'versionOnDisk'>[],
): number => Math.max(0, ...servers.map((it) => proofWindowMs(runsWith(it))));

/** A log's times by another server's clock: two servers' lines are only comparable on one. */
function shifted(log: LogEvidence | null, by: number): LogEvidence | null {
  if (log === null || by === 0) return log;
  const { startedAt, troubles } = log;
  return {
    ...log,
    from: log.from + by,
    to: log.to + by,
    startedAt: startedAt === null ? null : startedAt + by,
    troubles: troubles.map((trouble) => ({ ...trouble, at: trouble.at + by, wrote: trouble.at })),
  };
}
