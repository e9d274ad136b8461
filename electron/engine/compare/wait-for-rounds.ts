import type { ServerId } from '../../../shared/base/names';
import { runsWith } from '../../../shared/observed/observed-config';
import { serverNow, type Site } from '../deploy/deployment/deployment';
import type { Call } from '../base/call';
import { proofWindowMs } from '../fleet/probe/probe-server';
import { readEvidence } from '../fleet/probe/read-evidence';
import { type Clock, until } from '../base/time';

/** One direction between two servers, and what the consumer's log calls the supplier. */
export interface PairPull {
  readonly consumer: ServerId;
  readonly host: string;
  readonly port: number;
}

/**
 * Waits until every pull of a pair has made a whole round since `since`: two ends of rounds, for the first may have
 * begun before. Gives up after two poll intervals and 10 s: what did not travel by then does not travel.
 * @param since the clock's monotonic time.
 */
export async function waitForRounds(
  pair: readonly Site[],
  since: number,
  context: { readonly clock: Clock; readonly pulls: readonly PairPull[] },
  call: Call,
): Promise<void> {
  const { clock, pulls } = context;
  const timeoutMs = Math.max(...pair.map((site) => proofWindowMs(runsWith(site.observed))));
  await until(clock, { timeoutMs, signal: call.signal, everyMs: 500 }, async () => {
    const passed = await Promise.all(
      pulls.map(async ({ consumer, host, port }) => {
        const site = pair.find((it) => it.server.id === consumer);
        if (!site) return true;
        const now = serverNow(site, clock);
        const log = await readEvidence(site.connection, now - (clock.monotonic() - since), now, {
          signal: call.signal,
          timeoutMs: 20_000,
        });
        if (!log.ok) return false;
        const rounds = log.value.rounds.filter(
          (round) =>
            round.kind === 'incremental' &&
            round.supplierHost === host &&
            (round.ports.length === 0 || round.ports.includes(port)),
        );
        return rounds.length >= 2;
      }),
    );
    return passed.every(Boolean) ? { done: true, value: null } : { done: false, last: null };
  });
}
