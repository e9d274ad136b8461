import type { Problem } from '../base/problem';
import { describePull } from '../fleet/model/fleet';
import type { StatusReport, StatusServer } from '../observed/status';
import { certificateChanged } from './certificates-due';
import { EVENT_FORMAT } from './certificate-due';
import type { FleetEvent } from './fleet-event';
import { servesEvents } from './serves-events';

/**
 * What happened between two readings of one fleet, in the order servers, pulls, logins, problems. A state that was not seen
 * before is told with `from: null`; a server or pull that is missing from the later reading only because nobody answered
 * yet is not told of.
 * @param before the earlier reading; null: there is none, and everything is new.
 * @param at milliseconds since the epoch, our clock: when the later one was taken.
 */
export function eventsBetween(
  before: StatusReport | null,
  after: StatusReport,
  at: number,
): readonly FleetEvent[] {
  const head = { format: EVENT_FORMAT, at } as const;
  return [
    ...ofServers(before, after, head),
    ...ofPulls(before, after, head),
    ...servesEvents(before, after, at),
    ...ofProblems(before, after, head),
  ];
}

interface Head {
  readonly format: typeof EVENT_FORMAT;
  readonly at: number;
}

function ofServers(before: StatusReport | null, after: StatusReport, head: Head): readonly FleetEvent[] {
  const earlier = new Map(before?.servers.map((it) => [it.id, it]));
  return after.servers.flatMap((now) => [
    ...serverEvents(earlier.get(now.id) ?? null, now, after.problems, head),
  ]);
}

function* serverEvents(
  was: StatusServer | null,
  now: StatusServer,
  problems: readonly Problem[],
  head: Head,
): Iterable<FleetEvent> {
  const server = now.id;
  if (was?.state !== now.state) {
    const why =
      now.state === 'running' ? null : problems.find((it) => it.server === server && it.severity === 'error');
    yield {
      ...{ ...head, kind: 'server-state', server, from: was?.state ?? null, to: now.state },
      ...{ cause: why?.message ?? '', fix: why?.fix ?? '' },
    };
  }
  const trouble = now.logTrouble ?? null;
  if (trouble !== null && trouble.times > (was?.logTrouble?.times ?? 0))
    yield { ...head, kind: 'log-trouble', server, message: trouble.message, fix: trouble.fix };
  if (was === null) return;
  const [before, after] = [was.startedAt ?? null, now.startedAt ?? null];
  if (
    was.state === 'running' &&
    now.state === 'running' &&
    before !== null &&
    after !== null &&
    after > before
  )
    yield { ...head, kind: 'server-restarted', server, startedAt: after };
  if (was.version !== null && now.version !== null && was.version !== now.version)
    yield { ...head, kind: 'server-version', server, from: was.version, to: now.version };
  yield* certificateChanged(head.at, { server, use: 'replication' }, was.certificate, now.certificate);
}

function* ofPulls(before: StatusReport | null, after: StatusReport, head: Head): Iterable<FleetEvent> {
  const earlier = new Map(
    [...(before?.pulls ?? []), ...(before?.undrawn ?? [])].map((it) => [describePull(it), it]),
  );
  const drawn = new Set(after.pulls.map(describePull));
  for (const now of [...after.pulls, ...after.undrawn]) {
    const was = earlier.get(describePull(now)) ?? null;
    earlier.delete(describePull(now));
    const { consumer, supplier, cause, fix, proof, lastSuccess } = now;
    const refreshed = now.lastRefresh ?? null;
    if (was !== null && refreshed !== null && refreshed > (was.lastRefresh ?? ''))
      yield { ...head, kind: 'pull-refreshed', consumer, supplier };
    // A cause that changes is news only of what is wrong: the words of a good round may name its moment.
    if (was?.health === now.health && (now.health === 'replicating' || was.cause === cause)) continue;
    yield {
      ...{ ...head, kind: 'pull-health', consumer, supplier, drawn: drawn.has(describePull(now)) },
      ...{ from: was?.health ?? null, to: now.health, cause, fix },
      ...(proof === undefined ? {} : { proof }),
      lastSuccess,
    };
  }
  const read = new Set(after.servers.map(({ id }) => id));
  for (const { consumer, supplier } of earlier.values())
    if (read.has(consumer) && read.has(supplier)) yield { ...head, kind: 'pull-gone', consumer, supplier };
}

/** One problem through its changes of wording: its rule, and what it is about. */
const aboutOf = ({ code, server, where, links }: Problem): string =>
  JSON.stringify([code, server, where.file, where.field, where.link, links]);

function ofProblems(before: StatusReport | null, after: StatusReport, head: Head): readonly FleetEvent[] {
  const told = (problems: readonly Problem[]): Map<string, Problem> =>
    new Map(problems.filter((it) => it.severity !== 'info').map((it) => [aboutOf(it), it]));
  const [was, now] = [told(before?.problems ?? []), told(after.problems)];
  const missing = (all: Map<string, Problem>, others: Map<string, Problem>): readonly Problem[] =>
    [...all].filter(([key]) => !others.has(key)).map(([, it]) => it);
  const event =
    (kind: 'problem-came' | 'problem-went') =>
    (problem: Problem): FleetEvent => {
      const { server, severity, code, message, fix } = problem;
      return { ...head, kind, server, severity, code, message, fix };
    };
  return [...missing(was, now).map(event('problem-went')), ...missing(now, was).map(event('problem-came'))];
}
