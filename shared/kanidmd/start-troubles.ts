import type { LogEvidence } from './evidence';
import { stopsListener, stopsRounds } from './causes';

/** Trouble that lasts until kanidmd is started again, of those in a log. */
const lasting = (log: LogEvidence | null): LogEvidence['troubles'] =>
  (log?.troubles ?? []).filter(({ code }) => stopsRounds(code) || stopsListener(code));

/**
 * A log with the lasting trouble that an earlier reading of the same process found before it: kanidmd says at its start,
 * once, that a partner's rounds never begin or that its port is taken, and a log is read back two poll intervals only.
 * @param log read later; a start within it forgets what was said before.
 * @param earlier what an earlier reading found; null: nothing was read.
 */
export function withEarlierTroubles(log: LogEvidence, earlier: LogEvidence | null): LogEvidence {
  const kept = lasting(earlier).filter(({ at }) => at < log.from && at >= (log.startedAt ?? at));
  return kept.length === 0 ? log : { ...log, troubles: [...kept, ...log.troubles] };
}

/** A process says nothing before it starts; two readings of one clock agree within this. Microseconds. */
const GRAIN = 1_000_000;

/**
 * A log without what an earlier process said, where it is known when the one that runs started and the log does not tell:
 * lines of its start were lost, or it is followed from a moment before.
 * @param startedAt microseconds, the server's clock; null: not known.
 */
export function sinceStart(log: LogEvidence | null, startedAt: number | null): LogEvidence | null {
  if (log === null || startedAt === null || startedAt <= (log.startedAt ?? -Infinity)) return log;
  return {
    ...log,
    startedAt,
    // A round takes a while to come: one from before the start by either clock proves nothing.
    rounds: log.rounds.filter(({ at }) => at >= startedAt),
    // What is said at once must not be lost.
    troubles: log.troubles.filter(({ at }) => at >= startedAt - GRAIN),
  };
}
