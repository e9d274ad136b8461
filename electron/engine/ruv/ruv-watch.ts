import { jumped, elapsed, type Moment } from '../../../shared/base/moment';
import type { PullHealth } from '../../../shared/kanidmd/health';
import type { RuvTurn } from '../../../shared/ruv/by-itself';
import type { RuvReport } from '../../../shared/ruv/ruv';
import { GRAIN } from '../../../shared/ruv/judge-ruv';
import { isReadOnceStarted, withLeftOut } from '../../../shared/ruv/restarted';
import { NOTHING_RECALLED, type Recalled, type RuvMemory } from '../../../shared/ruv/ruv-memory';
import { remembered, stillBelieved } from '../../../shared/ruv/still-believed';
import { TOO_OLD } from '../../../shared/serves/still-believed';
import type { Call } from '../base/call';
import { type Clock, momentOf } from '../base/time';
import { LookSchedule, type Running, SeenMarks, whyNoMore } from '../base/look-schedule';
import type { RuvBefore, RuvLooked } from './look-ruv';
import { remember } from './ruv-memory';
import { SeenRefreshes } from './seen-refreshes';
import { type Ends, readAlone, RuvStarts } from './ruv-starts';

/** A server that starts again and again does not have every database read each time. Milliseconds. */
const LEAST_MS = 15 * 60_000;
/** Who went back is read again so often: somebody else, as `status --ruv` or the window, may have looked. Milliseconds. */
const RECALL_MS = 10_000;
/** A whole look at a fleet. Milliseconds. */
const LOOK_MS = 30 * 60_000;

/** The last look, and what it was at. */
interface Last extends RuvLooked {
  readonly begunAt: Moment;
  readonly servers: ReadonlyMap<string, Running>;
}

type Kept = Pick<RuvLooked, 'known' | 'lost' | 'refused'>;
const NOTHING: Omit<Kept, 'lost'> = { known: new Map(), refused: new Map() };

/** Looks at the RUVs of a fleet now and then, and says what may still be believed of the last look. It never fails. */
export class RuvWatch {
  private readonly schedule: LookSchedule;
  private last: Last | null = null;
  /** What is remembered, by other watches and looks as well, and when that was read last, monotonic. */
  private recalled: Recalled = NOTHING_RECALLED;
  private recalledAt = -Infinity;
  private readonly starts: RuvStarts;
  /** As they were told last. */
  private pulls: readonly Ends[] = [];
  /** The look that was there when what is remembered was read last. */
  private compared: Last | null = null;
  /** What a look was asked for last. */
  private askedAbout = '';
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
    this.starts = new RuvStarts(clock);
    this.schedule = new LookSchedule(clock, signal, turn.everyMs, LEAST_MS);
  }

  /** Reads what is remembered. Before this, nothing is known of who went back. */
  async recall(): Promise<void> {
    this.recalledAt = this.clock.monotonic();
    const { last } = this;
    try {
      this.recalled = (await this.memory?.recall()) ?? { ...this.recalled, lookedAt: null };
      this.compared = last;
      // A watch that begins is no reason to read every database again.
      const { lookedAt } = this.recalled;
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
    if (this.clock.monotonic() - this.recalledAt >= RECALL_MS) void this.recall();
    const doubted = last !== null && jumped(last.begunAt, momentOf(this.clock));
    marks.starts(servers);
    this.starts.see(servers);
    this.pulls = pulls;
    for (const { consumer, supplier, lastRefresh: at } of pulls) {
      if (at === undefined) continue;
      marks.see(`refresh ${consumer} ${supplier}`, at);
      this.refreshes.see(consumer, at);
    }
    if (last !== null) this.askAbout(this.unproved(servers, last));
    this.schedule.tick(marks.text(), doubted, () => this.take(servers));
  }

  /** What may still be believed of servers as they are now, and who is left out; null: nobody looked yet. */
  now(servers: ReadonlyMap<string, Running>): RuvReport | null {
    const leftOut = this.leftOut(servers);
    return withLeftOut(this.believed(servers), leftOut, this.doubted(servers, leftOut));
  }

  /** Who of them was not read, as nobody asked. */
  private leftOut(servers: ReadonlyMap<string, Running>): Recalled['leftOut'] {
    const { last, recalled } = this;
    const own = [...(last?.leftOut ?? [])].map(
      ([id, fault]) => [id, { fault, at: last?.begunAt.wall ?? 0 }] as const,
    );
    return new Map([...recalled.leftOut, ...own].filter(([id]) => servers.has(id)));
  }

  private unread(servers: ReadonlyMap<string, Running>): ReadonlyMap<string, number> {
    return this.starts.unread(servers, this.recalled, this.refreshes.believed());
  }

  /** Those, and their partners: what one made before its start only they know. */
  private near(unread: ReadonlyMap<string, number>): ReadonlySet<string> {
    const ends = this.pulls.filter(({ consumer, supplier }) => unread.has(consumer) || unread.has(supplier));
    return new Set([...unread.keys(), ...ends.flatMap(({ consumer, supplier }) => [consumer, supplier])]);
  }

  /**
   * Of whom it is open whether an older copy was put there: who has started, was not read since, and will not be by itself, or was
   * not when it was to be. Not who never could be read: nobody could end that.
   */
  private doubted(
    servers: ReadonlyMap<string, Running>,
    leftOut: Recalled['leftOut'],
  ): ReadonlyMap<string, number> {
    const { last, starts } = this;
    const isNever = (id: string): boolean =>
      last?.refused.has(id) === true ||
      last?.report.servers.find(({ server }) => server === id)?.code === 'no-online-backup';
    const isOpen = (id: string, startedAt: number): boolean => {
      const why = leftOut.get(id)?.fault;
      const waits = this.turn.everyMs > 0 && (why === undefined || isReadOnceStarted(why));
      if (!waits) return why !== undefined;
      const wasRead = starts.wasRead(id) || this.recalled.readAt.has(id);
      // Another watch may have looked after its start, and left it out.
      const isLookedAt =
        starts.isLookedAt(id, servers) || (this.recalled.leftOut.get(id)?.at ?? 0) > startedAt + GRAIN;
      return isLookedAt && (wasRead || why !== undefined);
    };
    return new Map(
      [...this.unread(servers)].filter(([id, startedAt]) => isOpen(id, startedAt) && !isNever(id)),
    );
  }

  /** What may still be believed of what was read. */
  private believed(servers: ReadonlyMap<string, Running>): RuvReport | null {
    if (this.last === null) return remembered(this.recalled.lost, this.refreshes.believed());
    const { begunAt, report, servers: proved } = this.last;
    const now = momentOf(this.clock);
    const jump = jumped(begunAt, now);
    const old = jump || elapsed(begunAt, now) > 2 * this.turn.everyMs;
    const refreshed = this.refreshes.believed();
    const why = whyNoMore(proved, servers);
    return stillBelieved(report, (id) => (old ? TOO_OLD : why(id)), jump ? new Map() : refreshed);
  }

  /** What only a look settles: who is refreshed since it went back, and who went back by somebody else's look alone. */
  private unproved(servers: ReadonlyMap<string, Running>, { lost }: Last): string {
    const refreshed = this.now(servers)?.servers.filter((it) => it.refreshed === true) ?? [];
    const isCompared = this.memory !== null && this.compared === this.last;
    const either = isCompared ? [...new Set([...lost.keys(), ...this.recalled.lost.keys()])] : [];
    const differ = either.filter((id) => lost.has(id) !== this.recalled.lost.has(id));
    return [...refreshed.map(({ server, at }) => `refreshed ${server} ${at}`), ...differ].sort().join();
  }

  /** Asks for a look once about what is unproved: a server that was cured does not wait for its hour. */
  private askAbout(what: string): void {
    if (what === '' || what === this.askedAbout || this.turn.everyMs === 0) return;
    this.askedAbout = what;
    this.schedule.ask();
  }

  private async take(servers: ReadonlyMap<string, Running>): Promise<void> {
    const begunAt = momentOf(this.clock);
    let brought: RuvLooked | null = null;
    let unproved: ReadonlySet<string> = new Set();
    try {
      const others = this.memory === null ? null : await this.memory.before();
      const kept = withOthers(this.last, others ?? { ...NOTHING, lost: this.recalled.lost });
      // Who refused an earlier watch is asked again only where a person wants it.
      const refused = this.last === null && this.turn.largest === null ? NOTHING.refused : kept.refused;
      const before = {
        ...{ ...kept, refused, refreshed: this.refreshes.believed() },
        mayBeLarge: this.starts.mayBeAsked(this.near(this.unread(servers))),
      };
      this.starts.began(before.mayBeLarge);
      this.memory?.began([...servers.keys()]);
      const looked = await this.look({ signal: this.signal, timeoutMs: LOOK_MS }, before);
      if (this.signal.aborted) return;
      brought = looked;
      const leftOut = [...this.leftOut(servers)].filter(([, { fault }]) => isReadOnceStarted(fault));
      unproved = readAlone(looked, new Set(leftOut.map(([id]) => id)), this.pulls);
      const proved = new Map([...looked.known].filter(([id]) => !unproved.has(id)));
      if (this.memory !== null) remember(this.memory, { ...looked, known: proved });
      // Of a server that could not be read now, what it knew before is still what is expected of it.
      const known = new Map([...kept.known, ...looked.known]);
      this.last = { ...looked, known, begunAt, servers };
    } catch (cause) {
      this.note('looking at RUVs', cause);
    } finally {
      this.starts.over(servers, brought, unproved);
    }
  }
}

/**
 * What this watch knew, and what others have found since: who went back, and who was read later and lacks nothing.
 * @param own null: this watch has not looked yet
 */
function withOthers(own: Last | null, others: Kept): Kept {
  if (own === null) return others;
  const known = new Map(own.known);
  for (const [id, it] of others.known) if (isLater(it.at, known.get(id)?.at)) known.set(id, it);
  const lost = new Map(own.lost);
  for (const [id, it] of others.lost) if (!lost.has(id)) lost.set(id, it);
  for (const [id, it] of own.lost)
    if (!others.lost.has(id) && isLater(others.known.get(id)?.at, it.at)) lost.delete(id);
  return { known, lost, refused: own.refused };
}

const isLater = (at: string | undefined, than: string | undefined): boolean =>
  at !== undefined && (than === undefined || Date.parse(at) > Date.parse(than));
