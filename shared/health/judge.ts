import { isoOfMicros } from '../base/micros';
import type { ObservedServer } from '../observed/observed';
import type { LogEvidence, SaidTrouble } from '../kanidmd/evidence';
import { proofOf, type Said } from './proof-of';
import {
  causeNamed,
  isListenerTrouble,
  isSaidAsSupplier,
  stopsListener,
  stopsRounds,
} from '../kanidmd/causes';
import { remedyOf } from '../base/remedy';
import { ANSWER_WITH_ERROR } from '../kanidmd/answers';
import { untoldRounds } from '../kanidmd/untold-rounds';
import type { CauseRemedy, PullHealth, Round, Trouble } from '../kanidmd/health';

/** Everything a pull is judged by. Times in microseconds, the consumer's clock. */
export interface PullInput {
  readonly consumer: string;
  readonly supplier: string;
  /** The name and port the consumer dials; null: not known. */
  readonly supplierHost: string | null;
  readonly supplierPort: number | null;
  /** Seconds. */
  readonly pollInterval: number;
  readonly consumerLog: LogEvidence | null;
  readonly supplierLog: LogEvidence | null;
  /** Why the supplier's log is null. Absent: a live server's could not be read. */
  readonly supplierUnread?: { readonly cause: string; readonly fix: string };
  /** As the consumer says itself. Absent or null: its log tells, or it is not known. */
  readonly consumerVersion?: string | null;
  readonly consumerDomain: string | null;
  readonly supplierDomain: string | null;
  /** Domain levels: they tell versions apart that do not replicate with each other. Absent or null: not known. */
  readonly consumerLevel?: number | null;
  readonly supplierLevel?: number | null;
  readonly consumerState: ObservedServer['state'];
  readonly supplierState: ObservedServer['state'];
  readonly now: number;
}

/** Makes the verdict. */
type Says = (
  health: PullHealth['health'],
  cause: string,
  fix: string,
  cure?: CauseRemedy,
  said?: Said,
) => PullHealth;

const SECOND = 1_000_000;
/**
 * Two readings of one clock over the network agree within this. A round from beyond it was logged before the clock was
 * set back: how old it is, nobody knows.
 */
const AHEAD = 5 * SECOND;

/** What a round says of a supplier that is just being restarted; of one that runs for longer it is trouble. */
const DOWN: ReadonlySet<string> = new Set(['supplier-unreachable', 'connection-broken']);

/** What a consumer says when only the supplier knows the reason. */
const REASON_AT_SUPPLIER: ReadonlySet<string> = new Set([
  ...DOWN,
  'slow-answer',
  'answer-unfit',
  'round-failed',
  'round-unclear',
]);

/**
 * The health of one pull, as far as it is proved (`design.md`, "Health, honestly"). `replicating` needs all of it: the
 * newest round is younger than two poll intervals + 10 s, since the last start of both ends, without trouble in its
 * span or at the supplier, and both `domain_uuid`s are known and equal. Whatever is not proved is `unknown`.
 */
export function judgePull(input: PullInput): PullHealth {
  const { consumer, supplier } = input;
  const rounds = roundsOf(input);
  const good = rounds.filter((round) => round.outcome.kind === 'success').at(-1);
  const lastSuccess = good ? isoOfMicros(good.at) : null;
  const newest = rounds.at(-1);
  const down = whoIsDown(input);
  const refreshed = lastRefresh(input);
  const says: Says = (health, cause, fix, cure, said) => {
    const proof = proofOf(input, newest, said, down?.id ?? null);
    return {
      consumer,
      supplier,
      health,
      cause,
      fix,
      ...(cure === undefined ? {} : { remedy: remedyOf(cure[0], input[cure[1]]) }),
      ...(proof.length === 0 ? {} : { proof }),
      lastSuccess,
      ...(refreshed === null ? {} : { lastRefresh: isoOfMicros(refreshed) }),
    };
  };
  if (down !== null) return says(down.health, down.cause, down.fix, down.remedy);
  const log = input.consumerLog;
  if (log === null || input.supplierHost === null)
    return says('unknown', `${consumer}’s log could not be read.`, 'Check the connection to it.');
  const limit = 2 * input.pollInterval * SECOND + 10 * SECOND;
  if (refreshed !== null && refreshed > (newest?.at ?? 0) && input.now - refreshed <= limit)
    return says('waiting', `${consumer} took over ${supplier}’s database; its next round is due.`, '');
  if (!newest || input.now - newest.at > limit) {
    const named = whyNoRound(input, newest, limit);
    if (named)
      return says(named.health, named.cause, named.fix, named.remedy, { by: 'consumer', trouble: named });
    return silent(input, limit, newest, says);
  }
  if (newest.outcome.kind === 'trouble') {
    const { code, health, cause, fix, remedy } = newest.outcome.trouble;
    if (DOWN.has(code) && wasStarting(input.supplierLog, newest))
      return says('waiting', `${supplier} was still starting during the latest round.`, '');
    // Certificates are read at start: what a process said that is gone tells nothing of the one that runs.
    if (health === 'broken' && startedAfter(input.supplierLog, newest))
      return says(
        'waiting',
        `${supplier} restarted after the newest round, which failed; the next one will show.`,
        '',
      );
    const reason = REASON_AT_SUPPLIER.has(code) ? reasonAtSupplier(input, newest) : null;
    if (reason)
      return says(reason.health, `${supplier}: ${reason.cause}`, reason.fix, reason.remedy, {
        by: 'supplier',
        trouble: reason,
      });
    return says(health, cause, fix, remedy);
  }
  // What a supplier is silent about it says in its own log only ("Supplier is lagging"): unread, nothing is proved.
  if (input.supplierLog === null) {
    const { cause, fix } = input.supplierUnread ?? {
      cause: `Rounds succeed, but ${supplier}’s log could not be read.`,
      fix: `Check the connection to ${supplier}.`,
    };
    return says('unknown', cause, fix);
  }
  const atSupplier = troubleAtSupplier(input, newest);
  if (atSupplier)
    return says(atSupplier.health, `${supplier}: ${atSupplier.cause}`, atSupplier.fix, atSupplier.remedy, {
      by: 'supplier',
      trouble: atSupplier,
    });
  if (input.consumerDomain === null || input.supplierDomain === null)
    return says(
      'unknown',
      'Rounds succeed, but the domain of one side could not be read.',
      'Check the admin socket of both.',
    );
  if (input.consumerDomain !== input.supplierDomain)
    return says(
      'needs-refresh',
      `${consumer} and ${supplier} are in different domains.`,
      'Deploy: the plan refreshes the secondary once you name it.',
      ['deploy', 'consumer'],
    );
  if (levelsDiffer(input)) {
    const { health, cause, fix } = causeNamed('domain-level-differs');
    return says(health, cause, fix);
  }
  if (startedAfter(input.supplierLog, newest))
    return says('waiting', `${supplier} restarted after the newest round; the next one proves it.`, '');
  if (input.supplierLog.from > newest.at)
    return says(
      'unknown',
      `Rounds succeed, but ${supplier}’s log was not read back to the newest one.`,
      'Wait for the next round.',
    );
  const cached = named(input, newest.at - limit).findLast(({ code }) => code === 'name-cached');
  return cached
    ? says('replicating', `The newest round succeeded. ${cached.cause}`, cached.fix, undefined, {
        by: 'consumer',
        trouble: cached,
      })
    : says('replicating', 'The newest round succeeded, and both are in one domain.', '');
}

const roundsOf = (input: PullInput): readonly Round[] =>
  ofThisPull(input).filter((round) => round.kind === 'incremental');

/** Between versions a round succeeds while there is nothing to send (`kanidm.md`, "Health"), so it proves nothing. */
const levelsDiffer = ({ consumerLevel = null, supplierLevel = null }: PullInput): boolean =>
  consumerLevel !== null && supplierLevel !== null && consumerLevel !== supplierLevel;

/** The consumer's rounds and refreshes with this supplier. Where several share a host, the port they were dialled on decides. */
export function ofThisPull(
  input: Pick<PullInput, 'supplierHost' | 'supplierPort' | 'consumerLog' | 'now'>,
): readonly Round[] {
  const { supplierHost: host, supplierPort: port } = input;
  return (input.consumerLog?.rounds ?? []).filter(
    (round) =>
      round.supplierHost === host &&
      round.at <= input.now + AHEAD &&
      (port === null || round.ports.length === 0 || round.ports.includes(port)),
  );
}

function whoIsDown(
  input: PullInput,
): (Pick<Trouble, 'health' | 'cause' | 'fix' | 'remedy'> & { readonly id: string }) | null {
  for (const [whom, id, state] of [
    ['consumer', input.consumer, input.consumerState],
    ['supplier', input.supplier, input.supplierState],
  ] as const) {
    if (state === 'stopped')
      return {
        id,
        health: 'broken',
        cause: `${id} is stopped.`,
        fix: `Start kanidmd on ${id}.`,
        remedy: ['start', whom],
      };
    if (state === 'unreachable')
      return {
        id,
        health: 'unknown',
        cause: `${id} cannot be reached.`,
        fix: `Check the connection to ${id}.`,
      };
  }
  return null;
}

function silent(input: PullInput, limit: number, newest: Round | undefined, says: Says): PullHealth {
  const log = input.consumerLog;
  const since = log?.startedAt ?? log?.from ?? input.now;
  const started = log?.startedAt ?? null;
  if (started !== null && input.now - since <= limit)
    return says('waiting', `${input.consumer} started a moment ago; its first round is due.`, '');
  const untold = newest
    ? null
    : untoldRounds(input.consumer, input.consumerVersion ?? log?.runningVersion ?? null);
  if (untold !== null) return says('unknown', untold.cause, untold.fix);
  if (newest || input.now - since > limit)
    return says(
      'unknown',
      `${input.consumer} shows no round with ${input.supplier} for longer than two poll intervals.`,
      `Make sure that ${input.consumer}’s file has a table for ${input.supplier} and that it was restarted since.`,
    );
  return says('unknown', 'The log was not read far enough back to tell.', 'Wait a poll interval.');
}

/**
 * Trouble of the supplier's own that makes a success line no proof: its listener, or a critical state since that round
 * began; else an error that nobody knows during it, whichever consumer it was then answering: it names none.
 */
function troubleAtSupplier({ supplierLog }: PullInput, newest: Round): SaidTrouble | null {
  const since = beganAt(newest);
  const said = (supplierLog?.troubles ?? []).filter(({ at }) => at >= since);
  const known = said.findLast(
    ({ code }) => UNWILLING.has(code) || (stopsListener(code) && isListenerTrouble(code)),
  );
  return known ?? said.findLast(({ code, at }) => code === ANSWER_WITH_ERROR && isBefore(at, newest)) ?? null;
}
/** States in which a supplier sends nothing. Of a consumer that is behind, the consumer itself says so in its round. */
const UNWILLING: ReadonlySet<string> = new Set(['lagging', 'split-brain']);

/** When a round began at its earliest, microseconds: its lines come when it ends, and two clocks are not one. */
const beganAt = ({ at, took }: Round): number => at - (took ?? 0) * 1000 - 2 * SECOND;

/** Said before a round was over at its latest. */
const isBefore = (at: number, round: Round): boolean => at <= round.at + 2 * SECOND;

/** Why a round failed, in the supplier's own words: what stopped its listener, else what it said during that round. */
function reasonAtSupplier({ supplierLog }: PullInput, newest: Round): SaidTrouble | null {
  const said = (supplierLog?.troubles ?? []).filter(
    ({ code }) => code !== ANSWER_WITH_ERROR && (isListenerTrouble(code) || UNWILLING.has(code)),
  );
  const during = said.filter(({ at }) => at >= beganAt(newest) && isBefore(at, newest));
  return (
    said.findLast(({ code, at }) => stopsListener(code) && isBefore(at, newest)) ?? during.at(-1) ?? null
  );
}

/** What the consumer says outside its rounds of this pull, since `since`. */
const named = ({ consumerLog, supplierHost }: PullInput, since: number): readonly SaidTrouble[] =>
  (consumerLog?.troubles ?? []).filter(
    (it) => it.at >= since && concerns(it, supplierHost) && isOfPulling(it),
  );

/** Why no round shows: what keeps rounds from starting counts however long ago it was said, other words while they are fresh. */
function whyNoRound(input: PullInput, newest: Round | undefined, limit: number): SaidTrouble | null {
  const lasting = newest ? [] : named(input, 0).filter(({ code }) => stopsRounds(code));
  return named(input, input.now - limit).at(-1) ?? lasting.at(-1) ?? null;
}

/** When the consumer last took the supplier's whole database, microseconds, since its start; null: not seen. */
const lastRefresh = (input: PullInput): number | null =>
  ofThisPull(input).findLast((round) => round.kind === 'refresh' && round.outcome.kind === 'success')?.at ??
  null;

/** Trouble outside a round that names another host is another pull's. */
function concerns(trouble: Trouble, host: string | null): boolean {
  const named = /repl:\/\/(\[[^\]]{1,80}\]|[^:/'"\s]{1,300})/.exec(trouble.evidence)?.[1];
  return named === undefined || named.toLowerCase() === host;
}

/** What a consumer's own listener says concerns those who pull from it, not what it pulls itself. */
const isOfPulling = (trouble: Trouble): boolean =>
  stopsRounds(trouble.code) || !(isListenerTrouble(trouble.code) || isSaidAsSupplier(trouble));

/** The supplier was down at that round, or had begun a moment before: its port opens after its first line. */
const wasStarting = (log: LogEvidence | null, round: Round): boolean =>
  (log?.startedAt ?? 0) > round.at - START_UP;
const START_UP = 10 * SECOND;

const startedAfter = (log: LogEvidence | null, round: Round): boolean => (log?.startedAt ?? 0) > round.at;
