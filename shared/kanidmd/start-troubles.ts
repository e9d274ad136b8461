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
