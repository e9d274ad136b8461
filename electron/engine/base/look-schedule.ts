import type { ObservedServer } from '../../../shared/observed/observed';
import type { Clock } from './time';

/** However often servers start, or a look breaks, the next one begins no sooner. Milliseconds. */
const LEAST_MS = 30_000;

/** What a server is at: its state, and when it started. What was proved of another start proves nothing of this one. */
export interface Running {
  readonly state: string;
  readonly startedAt: number | null;
  /** The server's clock minus ours, milliseconds; absent: not known. */
  readonly offsetMs?: number;
}

/** What each server is at, by its id. */
export const runningOf = (observed: readonly ObservedServer[]): ReadonlyMap<string, Running> =>
  new Map(
    observed.map(({ id, state, facts }) => [
      id,
      { state, startedAt: facts?.startedAt ?? null, offsetMs: facts?.clockOffsetMs ?? 0 },
    ]),
  );

/** What asks for a look when it changes, as it was seen last: of a server that is away nothing is new. */
export class SeenMarks {
  private readonly marks = new Map<string, number | string>();

  /** Takes in when servers started. @param servers as they are now, by their ids */
  starts(servers: ReadonlyMap<string, Running>): void {
    for (const [id, { startedAt }] of servers) if (startedAt !== null) this.see(`start ${id}`, startedAt);
  }

  see(what: string, at: number | string): void {
    this.marks.set(what, at);
  }

  /** All of it: another text says that something is new. */
  text(): string {
    return JSON.stringify([...this.marks].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** Begins looks at a fleet now and then, one at a time: when time has passed, and at once after a start. */
export class LookSchedule {
  /** When the next look is due, and before when none begins, the monotonic clock. */
  private due = 0;
  private notBefore = 0;
  private running = false;
  private asked = false;
  private seen = '';

  /**
   * @param everyMs between two looks; 0: never by itself.
   * @param leastMs between two looks whatever happens; `everyMs` if that is less.
   */
  constructor(
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
    private readonly everyMs: number,
    private readonly leastMs = LEAST_MS,
  ) {}

  /**
   * Begins a look when one is due.
   * @param seen what the last look is worth nothing without: another text asks for a look at once.
   * @param doubted nobody knows how old the last look is.
   * @param take one look; it never fails.
   */
  tick(seen: string, doubted: boolean, take: () => Promise<void>): void {
    const now = this.clock.monotonic();
    if (this.running || this.signal.aborted) return;
    const byItself = this.everyMs > 0 && now >= this.notBefore;
    if (!this.asked && !(byItself && (seen !== this.seen || doubted || now >= this.due))) return;
    this.asked = false;
    this.seen = seen;
    this.running = true;
    this.notBefore = now + Math.min(this.leastMs, this.everyMs);
    this.due = now + this.everyMs;
    void take().finally(() => (this.running = false));
  }

  /** Somebody else took a look, so long ago. Milliseconds. */
  took(agoMs: number): void {
    this.notBefore = Math.max(
      this.notBefore,
      this.clock.monotonic() - agoMs + Math.min(this.leastMs, this.everyMs),
    );
  }

  /** A person asks: a look is due, whatever else says so. */
  ask(): void {
    this.asked = true;
  }

  /** The next look is not waited for longer than it has to be. */
  soon(): void {
    this.due = Math.min(this.due, this.notBefore);
  }
}

/** Why what was proved of a server holds no more; null: it still holds. */
export const whyNoMore =
  (proved: ReadonlyMap<string, Running>, now: ReadonlyMap<string, Running>) =>
  (id: string): string | null => {
    const is = now.get(id);
    if (is?.state !== 'running') return `${id} is ${is?.state ?? 'unreachable'}.`;
    return proved.get(id)?.startedAt === is.startedAt ? null : `${id} has started since it was looked at.`;
  };
