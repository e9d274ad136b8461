import type { PullHealth } from '../../../shared/kanidmd/health';
import type { RuvReport } from '../../../shared/ruv/ruv';
import type { ObservedServer } from '../../../shared/observed/observed';
import { withLeftOut } from '../../../shared/ruv/restarted';
import type { RuvMemory } from '../../../shared/ruv/ruv-memory';
import { remembered } from '../../../shared/ruv/still-believed';
import type { Call } from '../base/call';
import type { Clock } from '../base/time';
import type { ObservedFleet } from '../fleet/observe-fleet';
import { runningOf } from '../base/look-schedule';
import { unreadStarts } from './unread-starts';
import { lookAtRuv, NOTHING_BEFORE, type RuvLooked } from './look-ruv';
import { SeenRefreshes } from './seen-refreshes';

/** Keeps what came of a look: a server is over it that was read and lacks nothing any more. */
export const remember = (memory: RuvMemory, looked: RuvLooked): void =>
  memory.keep(
    looked,
    [...looked.known.keys()].filter((id) => !looked.lost.has(id)),
  );

/** One look by itself: it goes by what is remembered, and is remembered. @param memory null: nothing is */
export async function lookByMemory(
  fleet: ObservedFleet,
  memory: RuvMemory | null,
  clock: Clock,
  call: Call,
): Promise<RuvReport> {
  const { lost, known } = (await memory?.before()) ?? NOTHING_BEFORE;
  const looked = await lookAtRuv(fleet, clock, call, { ...NOTHING_BEFORE, lost, known });
  if (memory !== null) remember(memory, looked);
  return looked.report;
}

/**
 * What is known without a look.
 * @param servers as they are now.
 * @param pulls with their last refreshes, where one is known.
 */
export async function recalled(
  servers: readonly ObservedServer[],
  pulls: readonly Pick<PullHealth, 'consumer' | 'lastRefresh'>[],
  memory: RuvMemory | null,
  clock: Clock,
): Promise<RuvReport | null> {
  const kept = await memory?.recall();
  if (!kept) return null;
  const refreshes = new SeenRefreshes(clock);
  for (const { consumer, lastRefresh } of pulls)
    if (lastRefresh !== undefined) refreshes.see(consumer, lastRefresh);
  const refreshed = refreshes.believed();
  const unread = unreadStarts(runningOf(servers), kept, refreshed, clock.now());
  const here = new Set<string>(servers.map(({ id }) => id));
  const leftOut = new Map([...kept.leftOut].filter(([id]) => here.has(id)));
  // Nobody looks now: whoever is left out stays unread.
  const doubted = new Map([...unread].filter(([id]) => leftOut.has(id)));
  return withLeftOut(remembered(kept.lost, refreshed), leftOut, doubted);
}
