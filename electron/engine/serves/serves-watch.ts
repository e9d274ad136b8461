import { jumped, type Moment } from '../../../shared/base/moment';
import { LOGINS_EVERY } from '../../../shared/serves/by-itself';
import type { ServesReport } from '../../../shared/serves/serves';
import {
  hasEnded,
  stale,
  withoutDoubted,
  withoutEnded,
  withoutOld,
} from '../../../shared/serves/still-believed';
import type { Call } from '../base/call';
import { type Clock, momentOf } from '../base/time';
import { LookSchedule, type Running, SeenMarks, whyNoMore } from '../base/look-schedule';

/** A whole look at a fleet: requests, and the time a session may take to travel. Milliseconds. */
const LOOK_MS = 15 * 60_000;

/** What one look proved is believed for so long, twice over, where no other follows by itself. Milliseconds. */
const ONCE_MS = LOGINS_EVERY * 60_000;

/** A part of what a look proved. */
interface Proof<T> {
  readonly rows: T;
  /** When the look began. */
  readonly begunAt: Moment;
  /** Servers as they were when it began. */
  readonly servers: ReadonlyMap<string, Running>;
}

/** One look at the whole fleet. @param told hears of the servers before their sessions have crossed. */
type Look = (call: Call, told: (servers: ServesReport['servers']) => void) => Promise<ServesReport>;

/**
 * Looks at the logins of a fleet now and then, one look at a time, and says what may still be believed of the last one.
 * A server is told of when it is known; a session may take two rounds to cross. It never fails: a look that breaks is as if it was not made.
 */
export class ServesWatch {
  private servers: Proof<ServesReport['servers']> | null = null;
  private logins: Proof<ServesReport['logins']> | null = null;
  private readonly schedule: LookSchedule;
  private readonly marks = new SeenMarks();

  /**
   * @param everyMs between two looks; 0: never by itself.
   * @param asked by a person: one look is due right away, also where there is none by itself.
   */
  constructor(
    private readonly look: Look,
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
    private readonly note: (doing: string, cause: unknown) => void,
    private readonly everyMs: number,
    asked = false,
  ) {
    this.schedule = new LookSchedule(clock, signal, everyMs);
    if (asked) this.schedule.ask();
  }

  /**
   * Begins a look when one is due.
   * @param servers as they are now, by their ids.
   */
  tick(servers: ReadonlyMap<string, Running>): void {
    const now = momentOf(this.clock);
    const doubted = this.servers !== null && jumped(this.servers.begunAt, now);
    if (this.servers?.rows.some((it) => hasEnded(it, now.wall))) this.schedule.soon();
    this.marks.starts(servers);
    this.schedule.tick(this.marks.text(), doubted, () => this.take(servers));
  }

  /** What may still be believed of servers as they are now; null: nobody looked yet. */
  now(servers: ReadonlyMap<string, Running>): ServesReport | null {
    const { servers: proved, logins } = this;
    if (proved === null) return null;
    const of = (report: Partial<ServesReport>, proof: Proof<unknown>): ServesReport =>
      this.believed({ servers: [], logins: [], ...report }, proof, servers);
    return {
      servers: of({ servers: proved.rows }, proved).servers,
      logins: logins === null ? [] : of({ logins: logins.rows }, logins).logins,
    };
  }

  private believed(
    report: ServesReport,
    { begunAt, servers: proved }: Proof<unknown>,
    servers: ReadonlyMap<string, Running>,
  ): ServesReport {
    const now = momentOf(this.clock);
    const fresh = jumped(begunAt, now)
      ? stale(report)
      : withoutOld(report, now.wall - 2 * (this.everyMs || ONCE_MS));
    return withoutDoubted(withoutEnded(fresh, now.wall), whyNoMore(proved, servers));
  }

  private async take(servers: ReadonlyMap<string, Running>): Promise<void> {
    const begunAt = momentOf(this.clock);
    const before = brokenIn({ servers: this.servers?.rows ?? [], logins: this.logins?.rows ?? [] });
    const proof = <T>(rows: T): Proof<T> => ({ rows, begunAt, servers });
    try {
      const report = await this.look({ signal: this.signal, timeoutMs: LOOK_MS }, (rows) => {
        if (!this.signal.aborted) this.servers = proof(rows);
      });
      if (this.signal.aborted) return;
      if (this.servers?.begunAt !== begunAt) this.servers = proof(report.servers);
      this.logins = proof(report.logins);
      // A second look soon agrees with what is new, or does not.
      if (brokenIn(report) !== before) this.schedule.soon();
    } catch (cause) {
      this.note('looking at logins', cause);
    }
  }
}

/** What is broken, in one string. */
const brokenIn = ({ servers, logins }: ServesReport): string =>
  JSON.stringify([
    servers.flatMap(({ server, state }) => (state === 'broken' ? [server] : [])),
    logins.flatMap((it) => (it.state === 'broken' ? [it.consumer, it.supplier] : [])),
  ]);
