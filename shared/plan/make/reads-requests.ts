import { parseOrigin } from '../../base/origin';
import type { ObservedServer } from '../../observed/observed';
import { runsWith } from '../../observed/observed-config';
import { DEFAULT_POLL_INTERVAL } from '../../server-config/server-config';

/** A round may come this much later than it is due. Milliseconds. */
const LATE = 2_000;

/**
 * Whether no refresh that was asked of a server before can still wait for one supplier. Its task for that supplier reads
 * requests after each round; while the supplier's name does not resolve it makes no rounds, and reads none (source 1.10.5).
 * So a newest round that came when it was due, however it ended, says that nothing waits; what was asked since is read at once.
 */
export function readsRequests(consumer: ObservedServer, origins: readonly string[]): boolean {
  const { log } = consumer;
  const dialled = origins.flatMap((it) => parseOrigin(it) ?? []);
  if (log === null || dialled.length === 0) return false;
  const intervalMs = (runsWith(consumer)?.replication?.taskPollInterval ?? DEFAULT_POLL_INTERVAL) * 1000;
  const since = log.to - (intervalMs + LATE) * 1000;
  return dialled.every(({ host, port }) =>
    log.rounds.some((it) => it.supplierHost === host && it.ports.includes(port) && it.at >= since),
  );
}
