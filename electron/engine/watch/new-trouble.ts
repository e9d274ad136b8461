import { describePull } from '../../../shared/fleet/model/fleet';
import type { PullHealth } from '../../../shared/kanidmd/health';

/** A server is looked at no oftener than this because of its pulls, in milliseconds. */
const LEAST_MS = 10_000;

/**
 * Pulls that broke a moment ago: something happened on one of their servers that leaves no other trace (a certificate was
 * renewed, a file put back), so both are worth a look before their turn.
 */
export class NewTrouble {
  private readonly health = new Map<string, PullHealth['health']>();
  private readonly lookedAt = new Map<string, number>();

  /**
   * The servers to be looked at now.
   * @param at milliseconds, the monotonic clock.
   */
  newIn(pulls: readonly PullHealth[], at: number): readonly string[] {
    const found = new Set<string>();
    for (const pull of pulls) {
      const { consumer, supplier, health } = pull;
      const key = describePull(pull);
      const before = this.health.get(key);
      this.health.set(key, health);
      if (health !== 'broken' || before === undefined || before === 'broken') continue;
      for (const id of [consumer, supplier]) found.add(id);
    }
    const due = [...found].filter((id) => at - (this.lookedAt.get(id) ?? -Infinity) >= LEAST_MS);
    for (const id of due) this.lookedAt.set(id, at);
    return due;
  }
}
