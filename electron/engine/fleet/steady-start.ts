import type { ObservedServer } from '../../../shared/observed/observed';

/** A way's delay is in a start that is worked out from the server's clock at each look. Milliseconds. */
const GRAIN = 3_000;

/**
 * Keeps the time at which a server started from one look to the next. Where only the time since its boot is known
 * (systemd), each look works it out from the server's clock, and no two say the same; whoever asks whether it has started
 * since compares it. It outlives a stretch in which the server is not read.
 */
export class SteadyStart {
  private last: { readonly measured: number; readonly startedAt: number } | null = null;

  /** @returns what was observed; a start within the grain of the last one is that one. */
  of(observed: ObservedServer): ObservedServer {
    const { facts } = observed;
    if (facts === null || facts.startedAt === null) return observed;
    const { startedAt: measured } = facts;
    const same = this.last !== null && Math.abs(measured - this.last.measured) <= GRAIN;
    const startedAt = same && this.last !== null ? this.last.startedAt : measured;
    this.last = { measured, startedAt };
    return { ...observed, facts: { ...facts, startedAt } };
  }
}
