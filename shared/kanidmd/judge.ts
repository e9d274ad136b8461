import type { LogEvidence, ObservedServer } from '../observed';
import { isListenerTrouble } from './causes';
import type { PullHealth, Round, Trouble } from './health';

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
  readonly consumerDomain: string | null;
  readonly supplierDomain: string | null;
  readonly consumerState: ObservedServer['state'];
  readonly supplierState: ObservedServer['state'];
  readonly now: number;
}

const SECOND = 1_000_000;

/** What a round says of a supplier that is just being restarted; of one that runs for longer it is trouble. */
const DOWN: ReadonlySet<string> = new Set(['supplier-unreachable', 'connection-broken']);

/**
 * The health of one pull, as far as it is proved (`design.md`, "Health, honestly"). `replicating` needs all of it: the
 * newest round is younger than two poll intervals + 10 s, since the last start of both ends, without trouble in its
 * span or at the supplier, and both `domain_uuid`s are known and equal. Whatever is not proved is `unknown`.
 */
export function judgePull(input: PullInput): PullHealth {
  const { consumer, supplier } = input;
  const rounds = roundsOf(input);
  const good = rounds.filter((round) => round.outcome.kind === 'success').at(-1);
  const lastSuccess = good ? new Date(good.at / 1000).toISOString() : null;
  const says = (health: PullHealth['health'], cause: string, fix: string): PullHealth => ({
    consumer,
    supplier,
    health,
    cause,
    fix,
    lastSuccess,
  });
  const down = whoIsDown(input);
  if (down !== null) return says(down.health, down.cause, down.fix);
  const log = input.consumerLog;
  if (log === null || input.supplierHost === null)
    return says('unknown', `${consumer}'s log could not be read.`, 'Check the connection to it.');
  const newest = rounds.at(-1);
  const limit = 2 * input.pollInterval * SECOND + 10 * SECOND;
  if (!newest || input.now - newest.at > limit) {
    const named = log.troubles
      .filter((it) => input.now - it.at <= limit && concerns(it, input.supplierHost) && isOfPulling(it))
      .at(-1);
    if (named) return says(named.health, named.cause, named.fix);
    return silent(input, limit, newest, says);
  }
  if (newest.outcome.kind === 'trouble') {
    const { code, health, cause, fix } = newest.outcome.trouble;
    if (DOWN.has(code) && wasStarting(input.supplierLog, newest))
      return says('waiting', `${supplier} was being started when the newest round looked for it.`, '');
    // Certificates are read at start: what a process said that is gone tells nothing of the one that runs.
    if (health === 'broken' && startedAfter(input.supplierLog, newest))
      return says(
        'waiting',
        `${supplier} restarted after the newest round, which failed; the next one tells.`,
        '',
      );
    return says(health, cause, fix);
  }
  // What a supplier is silent about it says in its own log only ("Supplier is lagging"): unread, nothing is proved.
  if (input.supplierLog === null)
    return says(
      'unknown',
      `Rounds succeed, but ${supplier}'s log could not be read.`,
      `Check the connection to ${supplier}.`,
    );
  const atSupplier = troubleAtSupplier(input, newest);
  if (atSupplier) return says(atSupplier.health, `${supplier}: ${atSupplier.cause}`, atSupplier.fix);
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
    );
  if (startedAfter(input.supplierLog, newest))
    return says('waiting', `${supplier} restarted after the newest round; the next one proves it.`, '');
  if (input.supplierLog.from > newest.at)
    return says(
      'unknown',
      `Rounds succeed, but ${supplier}'s log was not read back to the newest one.`,
      'Wait for the next round.',
    );
  return says('replicating', 'The newest round succeeded, and both are in one domain.', '');
}

/** The consumer's rounds with this supplier. Where several share a host, the port they were dialled on decides. */
function roundsOf(input: PullInput): readonly Round[] {
  const { supplierHost: host, supplierPort: port } = input;
  return (input.consumerLog?.rounds ?? []).filter(
    (round) =>
      round.kind === 'incremental' &&
      round.supplierHost === host &&
      (port === null || round.ports.length === 0 || round.ports.includes(port)),
  );
}

function whoIsDown(input: PullInput): { health: 'broken' | 'unknown'; cause: string; fix: string } | null {
  for (const [id, state] of [
    [input.consumer, input.consumerState],
    [input.supplier, input.supplierState],
  ] as const) {
    if (state === 'stopped')
      return { health: 'broken', cause: `${id} is stopped.`, fix: `Start kanidmd on ${id}.` };
    if (state === 'unreachable')
      return { health: 'unknown', cause: `${id} cannot be reached.`, fix: `Check the connection to ${id}.` };
  }
  return null;
}

function silent(
  input: PullInput,
  limit: number,
  newest: Round | undefined,
  says: (health: PullHealth['health'], cause: string, fix: string) => PullHealth,
): PullHealth {
  const log = input.consumerLog;
  const since = log?.startedAt ?? log?.from ?? input.now;
  const started = log?.startedAt ?? null;
  if (started !== null && input.now - since <= limit)
    return says('waiting', `${input.consumer} started a moment ago; its first round is due.`, '');
  if (newest || input.now - since > limit)
    return says(
      'unknown',
      `${input.consumer} shows no round with ${input.supplier} for longer than two poll intervals.`,
      `See that ${input.consumer}'s file has a table for ${input.supplier} and that it was restarted since.`,
    );
  return says('unknown', 'The log was not read far enough back to tell.', 'Wait a poll interval.');
}

/** Trouble of the supplier's own that makes a success line no proof: its listener, or a critical state since that round began. */
function troubleAtSupplier(input: PullInput, newest: Round): Trouble | null {
  const since = newest.at - 2 * SECOND;
  const found = (input.supplierLog?.troubles ?? []).filter(
    (trouble) =>
      trouble.at >= since &&
      (trouble.code === 'lagging' || trouble.code === 'split-brain' || isListenerTrouble(trouble.code)),
  );
  return found.at(-1) ?? null;
}

/** Trouble outside a round that names another host is another pull's. */
function concerns(trouble: Trouble, host: string | null): boolean {
  const named = /repl:\/\/(\[[^\]]+\]|[^:/'"\s]+)/.exec(trouble.evidence)?.[1];
  return named === undefined || named.toLowerCase() === host;
}

/** What a consumer's own listener says concerns those who pull from it, not what it pulls itself. */
const isOfPulling = (trouble: Trouble): boolean => !isListenerTrouble(trouble.code);

/** The supplier was down at that round, or had begun a moment before: its port opens after its first line. */
const wasStarting = (log: LogEvidence | null, round: Round): boolean =>
  (log?.startedAt ?? 0) > round.at - START_UP;
const START_UP = 10 * SECOND;

const startedAfter = (log: LogEvidence | null, round: Round): boolean => (log?.startedAt ?? 0) > round.at;
