import { parseOrigin } from '../../../shared/base/origin';
import { judgePull } from '../../../shared/health/judge';
import type { LogEvidence } from '../../../shared/kanidmd/evidence';
import type { PullHealth, Round } from '../../../shared/kanidmd/health';
import { readLine } from '../../../shared/kanidmd/log-line';
import { readLog } from '../../../shared/kanidmd/rounds';
import { DEFAULT_POLL_INTERVAL } from '../../../shared/server-config/server-config';
import type { SavedLog } from './saved-log';

/** One end whose log was saved. */
export interface SavedEnd {
  /** What it is called: by its file. */
  readonly name: string;
  readonly log: SavedLog;
}

/** What a saved log says of its server. */
export interface ExplainedEnd {
  readonly name: string;
  readonly lines: number;
  /** Its lines have times, and these name their zone and their year: see `SavedLog`. */
  readonly timed: boolean;
  readonly zoned: boolean;
  readonly dated: boolean;
  /** Microseconds; null: no times, or no lines. */
  readonly from: number | null;
  readonly to: number | null;
  /** How many of them are in the form of kanidmd's log. */
  readonly says: number;
  /** Since its last start, as far as that is in the log. */
  readonly evidence: LogEvidence;
  /** Trouble outside of rounds since then. */
  readonly troubles: LogEvidence['troubles'];
  /** Its pulls, by the host and the ports it dials, as they stood at the log's end. */
  readonly pulls: readonly ExplainedPull[];
}

/** A pull, judged at the end of the log. It is never `replicating`: no log says that both ends are in one domain. */
export interface ExplainedPull extends PullHealth {
  /** The last rounds of it, oldest first. */
  readonly rounds: readonly Round[];
}

/** What is silent this long after the log's end is no silence: a span that was cut off counts as whole. Microseconds. */
const AFTER = 2_000_000;
const HOUR = 3_600_000_000;
const MOST_ROUNDS = 20;

/**
 * What saved logs prove of the pulls of their servers, by the judgement that `kanilink status` makes of live ones.
 * @param supplier the other end: what it refuses is only in its log. Null: nobody saved it.
 */
export function explainLogs(consumer: SavedEnd, supplier: SavedEnd | null): readonly ExplainedEnd[] {
  const mine = read(consumer);
  if (supplier === null) return [explained(consumer, mine, null)];
  const theirs = read(supplier);
  const timed = isOneClock(consumer.log, supplier.log);
  return [
    explained(consumer, mine, { name: supplier.name, evidence: timed ? theirs : alignedTo(theirs, mine.to) }),
    explained(supplier, theirs, { name: consumer.name, evidence: timed ? mine : alignedTo(mine, theirs.to) }),
  ];
}

/** Whether times of two logs can be compared. Where neither names a zone they are taken to be of one. */
export const isOneClock = (one: SavedLog, other: SavedLog): boolean =>
  one.timed && other.timed && one.zoned === other.zoned;

function read({ log }: SavedEnd): LogEvidence {
  const from = log.lines[0]?.at ?? 0;
  return readLog(log.lines, from, (log.lines.at(-1)?.at ?? from) + AFTER);
}

/** Without times, or by clocks that nobody can compare, only the order is known: both logs are taken to end together, and the other end to run for long. */
function alignedTo(evidence: LogEvidence, to: number): LogEvidence {
  const by = to - evidence.to;
  const troubles = evidence.troubles.map((it) => ({ ...it, at: it.at + by }));
  return { ...evidence, from: to - HOUR, to, startedAt: null, troubles };
}

interface OtherEnd {
  readonly name: string;
  readonly evidence: LogEvidence;
}

function explained({ name, log }: SavedEnd, evidence: LogEvidence, other: OtherEnd | null): ExplainedEnd {
  const partners = partnersOf(evidence);
  // Whose log the other one is, is certain only where one partner is dialled.
  const known = partners.size === 1 ? other : null;
  return {
    name,
    lines: log.lines.length,
    ...{ timed: log.timed, zoned: log.zoned, dated: log.dated },
    from: log.timed ? (log.lines[0]?.at ?? null) : null,
    to: log.timed ? (log.lines.at(-1)?.at ?? null) : null,
    says: log.lines.filter(({ text }) => readLine(text) !== null).length,
    evidence,
    troubles: evidence.troubles.filter(({ evidence: line }) => namedIn(line) === null),
    pulls: [...partners].map(([called, partner]) => pullOf(name, called, partner, evidence, known, other)),
  };
}

interface Partner {
  readonly host: string;
  /** Null: no round says it. */
  readonly port: number | null;
}

/** Everybody it dials, by rounds and by what it says of names that it cannot dial. Servers on one host differ by their ports. */
function partnersOf({ rounds, troubles }: LogEvidence): ReadonlyMap<string, Partner> {
  const dialled = rounds.map(({ supplierHost: host, ports }) => ({ host, port: ports[0] ?? null }));
  const named = troubles.flatMap(({ evidence: line }) => namedIn(line) ?? []);
  return new Map([...dialled, ...named].map((partner) => [calledBy(partner), partner]));
}

const calledBy = ({ host, port }: Partner): string => (port === null ? host : `${host}:${port}`);

/** The partner whose origin a line names. */
function namedIn(line: string): Partner | null {
  const origin = /repl:\/\/[^'"\s]{1,300}/.exec(line)?.[0];
  const parts = origin === undefined ? null : parseOrigin(origin);
  return parts === null ? null : { host: parts.host, port: parts.port };
}

function pullOf(
  consumer: string,
  supplier: string,
  partner: Partner,
  evidence: LogEvidence,
  other: OtherEnd | null,
  given: OtherEnd | null,
): ExplainedPull {
  const rounds = evidence.rounds.filter(
    ({ supplierHost, ports }) => calledBy({ host: supplierHost, port: ports[0] ?? null }) === supplier,
  );
  // A log that ends before the newest round says nothing of it.
  const reaches = other !== null && other.evidence.to >= (rounds.at(-1)?.at ?? 0);
  const judged = judgePull({
    consumer,
    supplier,
    supplierHost: partner.host,
    supplierPort: partner.port,
    pollInterval: DEFAULT_POLL_INTERVAL,
    consumerLog: evidence,
    supplierLog: reaches ? other.evidence : null,
    supplierUnread: whyUnread(supplier, other, given),
    // Taken for one, so that everything else is judged; `withoutDomain` takes it back.
    consumerDomain: 'one',
    supplierDomain: 'one',
    consumerState: 'running',
    supplierState: 'running',
    now: evidence.to,
  });
  return { ...withoutDomain(judged), rounds: rounds.slice(-MOST_ROUNDS) };
}

/** Why nothing is known of what the supplier says itself: nobody saved it, whose log the other one is is open, or it ends too early. */
function whyUnread(
  supplier: string,
  other: OtherEnd | null,
  given: OtherEnd | null,
): { readonly cause: string; readonly fix: string } {
  if (given === null)
    return {
      cause: `Rounds succeed; what ${supplier} says of them is in its own log.`,
      fix: 'Save that, too, and give it with --supplier LOG.',
    };
  if (other === null)
    return {
      cause: `Rounds succeed; whether ${given.name} is ${supplier}’s log is not known, as several servers are pulled from.`,
      fix: 'Compare its address with the log by hand.',
    };
  return {
    cause: `Rounds succeed, but ${other.name} ends before the newest of them.`,
    fix: 'Save both logs at one time.',
  };
}

function withoutDomain(judged: PullHealth): PullHealth {
  if (judged.health !== 'replicating') return judged;
  return {
    ...judged,
    health: 'unknown',
    cause: 'Its rounds succeed to the end of the log; no log says whether both are in one domain.',
    fix: 'Compare what kanidmd domain show prints on both.',
  };
}
