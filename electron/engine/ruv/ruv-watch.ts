import { jumped, elapsed, type Moment } from '../../../shared/base/moment';
import type { PullHealth } from '../../../shared/kanidmd/health';
import type { Lost } from '../../../shared/ruv/judge-ruv';
import type { RuvTurn } from '../../../shared/ruv/by-itself';
import type { RuvReport } from '../../../shared/ruv/ruv';
import type { RuvMemory } from '../../../shared/ruv/ruv-memory';
import { remembered, stillBelieved } from '../../../shared/ruv/still-believed';
import { TOO_OLD } from '../../../shared/serves/still-believed';
import type { Call } from '../base/call';
import { type Clock, momentOf } from '../base/time';
import { LookSchedule, type Running, SeenMarks, whyNoMore } from '../base/look-schedule';
import type { RuvBefore, RuvLooked } from './look-ruv';
import { remember } from './ruv-memory';
import { SeenRefreshes } from './seen-refreshes';

/** A server that starts again and again does not have every database read each time. Milliseconds. */
const LEAST_MS = 15 * 60_000;
/** Who went back is read again so often while this watch has not looked. Milliseconds. */
const RECALL_MS = 10_000;
/** A whole look at a fleet. Milliseconds. */
const LOOK_MS = 30 * 60_000;

/** The last look, and what it was at. */
interface Last extends RuvLooked {
  readonly begunAt: Moment;
  readonly servers: ReadonlyMap<string, Running>;
}

const NOTHING = { known: new Map(), refused: new Map() };

/** Looks at the RUVs of a fleet now and then, and says what may still be believed of the last look. It never fails. */
export class RuvWatch {
  private readonly schedule: LookSchedule;
  private last: Last | null = null;
  /** Who was found before this watch began to be restored to an older copy, and when that was read last, monotonic. */
  private recalled: ReadonlyMap<string, Lost> = new Map();
  private recalledAt = -Infinity;
  private readonly marks = new SeenMarks();
  private readonly refreshes: SeenRefreshes;

  /**
   * @param look one look at the whole fleet, with what the ones before brought.
   * @param turn when a look is due; of none, what is remembered is told.
   * @param memory keeps what looks brought; null: only this watch does.
   */
  constructor(
    private readonly look: (call: Call, before?: RuvBefore) => Promise<RuvLooked>,
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
    private readonly note: (doing: string, cause: unknown) => void,
    private readonly turn: RuvTurn,
    private readonly memory: RuvMemory | null = null,
  ) {
    this.refreshes = new SeenRefreshes(clock);
    this.schedule = new LookSchedule(clock, signal, turn.everyMs, LEAST_MS);
  }

  /** Reads what is remembered. Before this, nothing is known of who went back. */
  async recall(): Promise<void> {
    this.recalledAt = this.clock.monotonic();
    try {
      const { lost = this.recalled, lookedAt = null } = (await this.memory?.recall()) ?? {};
      this.recalled = lost;
      // A watch that begins is no reason to read every database again.
      if (lookedAt !== null && lookedAt <= this.clock.now()) this.schedule.took(this.clock.now() - lookedAt);
    } catch (cause) {
      this.note('remembering who went back', cause);
    }
  }

  /**
   * Begins a look when one is due.
   * @param servers as they are now, by their ids.
   * @param pulls with their last refreshes, where one is known.
   */
  tick(
    servers: ReadonlyMap<string, Running>,
    pulls: readonly Pick<PullHealth, 'consumer' | 'supplier' | 'lastRefresh'>[],
  ): void {
    const { last, marks } = this;
    // Somebody else, as `status --ruv`, may have looked.
    if (last === null && this.clock.monotonic() - this.recalledAt >= RECALL_MS) void this.recall();
    const doubted = last !== null && jumped(last.begunAt, momentOf(this.clock));
    marks.starts(servers);
    for (const { consumer, supplier, lastRefresh: at } of pulls) {
      if (at === undefined) continue;
      marks.see(`refresh ${consumer} ${supplier}`, at);
      this.refreshes.see(consumer, at);
    }
    this.schedule.tick(marks.text(), doubted, () => this.take(servers));
  }

  /** What may still be believed of servers as they are now; null: nobody looked yet. */
  now(servers: ReadonlyMap<string, Running>): RuvReport | null {
    if (this.last === null) return remembered(this.recalled, this.refreshes.believed());
    const { begunAt, report, servers: proved } = this.last;
    const now = momentOf(this.clock);
    const jump = jumped(begunAt, now);
    const old = jump || elapsed(begunAt, now) > 2 * this.turn.everyMs;
    const refreshed = this.refreshes.believed();
    const why = whyNoMore(proved, servers);
    return stillBelieved(report, (id) => (old ? TOO_OLD : why(id)), jump ? new Map() : refreshed);
  }

  private async take(servers: ReadonlyMap<string, Running>): Promise<void> {
    const begunAt = momentOf(this.clock);
    try {
      const kept = this.last ?? (await this.memory?.before()) ?? { ...NOTHING, lost: this.recalled };
      // Who refused an earlier watch is asked again only where a person wants it.
      const refused = this.last === null && this.turn.largest === null ? NOTHING.refused : kept.refused;
      const before = { ...kept, refused, refreshed: this.refreshes.believed() };
      this.memory?.began([...servers.keys()]);
      const looked = await this.look({ signal: this.signal, timeoutMs: LOOK_MS }, before);
      if (this.signal.aborted) return;
      if (this.memory !== null) remember(this.memory, looked);
      // Of a server that could not be read now, what it knew before is still what is expected of it.
      const known = new Map([...kept.known, ...looked.known]);
      this.last = { ...looked, known, begunAt, servers };
    } catch (cause) {
      this.note('looking at RUVs', cause);
    }
  }
}
