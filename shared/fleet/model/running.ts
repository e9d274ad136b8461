import type { Origin, ServerId } from '../../base/names';
import type { ObservedServer } from '../../observed/observed';
import { runsWith } from '../../observed/observed-config';
import { partnersOf, pulls } from '../../server-config/server-config';
import { describePull, type Fleet, type Pull } from './fleet';
import { type OwnerOf, ownersOf } from './owners';
import { readTopology } from './topology';

/** A pull that a server's own configuration has, drawn or not. */
export interface RunningPull extends Pull {
  /** What the consumer dials. */
  readonly origin: Origin;
}

/**
 * The pulls between servers of the fleet by what they run with. A server whose server.toml was not read adds none. Of two
 * tables for one partner the first counts.
 */
export function runningPulls(observed: readonly ObservedServer[], ownerOf: OwnerOf): readonly RunningPull[] {
  const found = new Map<string, RunningPull>();
  for (const server of observed) {
    const consumer: ServerId = server.id;
    for (const table of partnersOf(runsWith(server))) {
      const supplier = pulls(table.type) ? ownerOf(table) : null;
      if (supplier === null || supplier === consumer) continue;
      const key = describePull({ consumer, supplier });
      if (found.has(key)) continue;
      found.set(key, { consumer, supplier, origin: table.origin });
    }
  }
  return [...found.values()];
}

/** Those of them that are drawn. */
export function drawnAndRunning(fleet: Fleet, observed: readonly ObservedServer[]): readonly RunningPull[] {
  const drawn = new Set(readTopology(fleet).pulls.map(describePull));
  return runningPulls(observed, ownersOf(fleet, observed)).filter((it) => drawn.has(describePull(it)));
}
