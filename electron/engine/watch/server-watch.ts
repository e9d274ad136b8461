import { cureOf, type Cure } from '../../../shared/base/cure';
import type { FleetServer } from '../../../shared/fleet/model/fleet';
import { withEarlierTroubles } from '../../../shared/kanidmd/start-troubles';
import { jumped, type Moment } from '../../../shared/base/moment';
import type { ObservedServer } from '../../../shared/observed/observed';
import type { NextTry } from '../../../shared/observed/status';
import { retryAfter } from '../../../shared/base/retry-after';
import type { Connections } from '../fleet/connections';
import type { Site } from '../deploy/deployment/deployment';
import { type SeenServer, ServerProbe } from '../fleet/server-probe';
import type { Call } from '../base/call';
import { childOf, type Child } from '../base/signals';
import { type Clock, momentOf, serverTime } from '../base/time';
import { type Reading, readingOf } from '../health/reading';
import { FollowedLog } from './followed-log';
import { LogTail } from './log-tail';
import { LogTrouble } from './log-trouble';

/** How often the service manager is asked whether the server runs, in milliseconds. */
const STATE_EVERY = 2000;
/** How often a server is probed whole: file, domain, certificate, versions. */
const PROBE_EVERY = 60_000;
/** A log that was followed for so long and then lost is followed again like one that never was. */
const GOOD_WHILE = 60_000;
/** A line logged so much later than a server's clock can show now: it, or ours, was set. Microseconds. */
const AHEAD = 2_000_000;
/** A server's clock is read no more exactly than this: what was logged shortly before a probe may be after it. Microseconds. */
const GRAIN = 2_000_000;
/** Clocks that do not agree are read again no more often than this. */
const READ_CLOCK_EVERY = 10_000;
const CALL_MS = 20_000;

/** What a watch works with, beside its server. */
export interface WatchParts {
  readonly fleetPath: string | null;
  readonly connections: Connections;
  readonly clock: Clock;
  /** From 0 to 1: keeps servers that went down together from being dialled together. */
  readonly random?: () => number;
}

/**
 * All that the engine knows of one server: the one probe and the one log stream, for everybody who asks. While somebody
 * watches (`run`), it follows the log, asks for the state, and probes the server whole now and then and whenever it
 * restarts or is refreshed. kanidmd itself is asked only by a probe, so that watching leaves next to no trace in its log.
 *
 * A server that cannot be reached is tried again, less and less often; one that refuses (a login, a key, a right) is
 * left alone until somebody asks. Whatever goes wrong with one server stays here: it is that server's fault.
 */
export class ServerWatch {
  /** The last probe; null until the first one ends. */
  observed: ObservedServer | null = null;
  site: Site | null = null;
  /** Its log, for everybody who reads it. */
  readonly tail: LogTail;
  private readonly probing: ServerProbe;
  /** Ends when the last watcher leaves; null: nobody watches. */
  private watching: AbortSignal | null = null;
  private log: FollowedLog | null = null;
  /** What was logged after the last probe, as it was known then. */
  private marks = '';
  /** Ends a rest before its time: something happened to the service. */
  private wake: Child | null = null;
  /** When the last probe began to read, and what the server's clock showed then, microseconds. */
  private probedAt: Moment;
  private probedTime = 0;
  /** The probe after which the next one was planned. */
  private settled: ObservedServer | null = null;
  /** When the next one is due by itself, the monotonic clock; Infinity: never. */
  private due = 0;
  /** Probes in a row that could not reach the server. */
  private failures = 0;
  /** Logs in a row that were lost soon after they were followed. */
  private lostLogs = 0;
  /** Goes up when something else than time changes what is known. */
  private changes = 0;
  private readonly trouble = new LogTrouble();
  private readonly random: () => number;

  constructor(
    private readonly server: FleetServer,
    private readonly parts: WatchParts,
  ) {
    const { fleetPath, connections, clock } = parts;
    this.probedAt = momentOf(clock);
    this.random = parts.random ?? Math.random;
    this.tail = new LogTail(server.id, (doing, cause) => connections.note(doing, cause));
    this.probing = new ServerProbe(server, fleetPath, connections, clock, (seen, since) =>
      this.probed(seen, since),
    );
  }

  /** The server as it was a moment ago; see `ServerProbe.take`. */
  probe(call: Call, maxAgeMs?: number): Promise<SeenServer> {
    if (this.hasChanged()) this.probing.changed();
    return this.probing.take(call, maxAgeMs);
  }

  /** Watches until the signal aborts; one at a time. Never fails. */
  async run(signal: AbortSignal): Promise<void> {
    const isOver = (): boolean => signal.aborted;
    this.watching = signal;
    this.wake = childOf(signal);
    this.settled = null;
    while (!isOver()) {
      await this.probe({ signal, timeoutMs: CALL_MS });
      do {
        if (!isOver()) this.settle(signal);
      } while ((await this.rest(signal)) === 'probed');
    }
    this.forget();
    this.wake.release();
    this.watching = null;
  }

  /** Nobody watches or reads, and what is known is not fresh. */
  get idle(): boolean {
    return this.watching === null && this.tail.readers === 0 && this.probing.idle;
  }

  /**
   * What is known is not given to anybody any more, and where it is watched, it is probed at once: a person asks, or the
   * computer woke up. One that refuses is left alone all the same, unless a person asks.
   */
  look(asked = false): void {
    this.probing.changed();
    if (asked || this.due !== Infinity) this.due = 0;
    this.rouse();
  }

  /** Looks again when this engine has changed something since the last probe. */
  lookIfChanged(): void {
    if (this.probing.outdated) this.look();
  }

  /** What is known at this moment; evidence that stays away grows old. */
  reading(): Reading | null {
    if (this.observed === null) return null;
    const seen = readingOf(this.observed, this.parts.clock);
    const log = this.log && withEarlierTroubles(this.log.evidence(seen.now), this.observed.log);
    return { ...seen, log };
  }

  /** Stays the same as long as nothing but time has changed what is known. */
  get revision(): string {
    return `${this.changes} ${this.log?.revision ?? ''} ${this.isDoubted()}`;
  }

  /** When a server that cannot be reached is tried again; null: it is reached. */
  nextTry(): NextTry | null {
    if (this.observed?.state !== 'unreachable') return null;
    if (this.due === Infinity) return 'asked';
    return { inMs: Math.max(0, Math.round(this.due - this.parts.clock.monotonic())) };
  }

  /** The newest loss of lines of its log; null: none since it is known. */
  get logTrouble(): LogTrouble['newest'] {
    return this.trouble.newest;
  }

  /** Takes what a probe saw, no matter who asked for it. */
  private probed(seen: SeenServer, since: Moment): void {
    this.site = seen.site;
    this.observed = seen.observed;
    const { facts } = seen.observed;
    this.probedAt = since;
    this.probedTime = facts === null ? 0 : (since.wall + (facts.clockOffsetMs ?? 0)) * 1000 - GRAIN;
    this.marks = this.whatHappened();
    this.changes += 1;
    this.rouse();
  }

  /** Follows a server that was reached; decides when it is probed next. */
  private settle(signal: AbortSignal): void {
    const { clock } = this.parts;
    const { site, observed } = this;
    if (observed === null) return;
    this.settled = observed;
    if (site === null || observed.state === 'unreachable') {
      this.forget();
      this.failures += 1;
      const hopeless = observed.faults.some(({ code }) => cureOf(code) === 'person');
      this.due = hopeless ? Infinity : clock.monotonic() + retryAfter(this.failures, this.random());
      return;
    }
    this.failures = 0;
    this.due = clock.monotonic() + PROBE_EVERY;
    if (this.log !== null) return;
    this.log = new FollowedLog(this.tail, site, clock, signal, {
      manager: (at) => {
        if (at <= this.probedTime) return;
        this.probing.changed();
        this.rouse();
      },
      line: (at) => {
        if (at > serverTime(this.observed?.facts ?? null, clock) * 1000 + AHEAD) this.doubtClocks();
      },
      trouble: (message, fix) => {
        if (!signal.aborted && this.trouble.add(message, fix, clock.monotonic())) this.changes += 1;
      },
      lost: (log, cure, afterMs) => {
        if (this.log === log) this.lost(cure, afterMs);
      },
    });
    this.marks = this.whatHappened();
  }

  /**
   * Rests until the next probe is due, or something happens that only a probe can tell more of.
   * @returns whether somebody else's probe came meanwhile.
   */
  private async rest(signal: AbortSignal): Promise<'probed' | 'due'> {
    const { clock } = this.parts;
    for (;;) {
      // What rouses it while its state is asked ends the rest that follows.
      const roused = this.wake?.signal ?? signal;
      const left = this.due - clock.monotonic();
      if (signal.aborted || left <= 0) return 'due';
      if (this.settled !== this.observed) return 'probed';
      if (this.due !== Infinity && this.isDoubted()) return 'due';
      if (this.observed?.state !== 'unreachable' && !(await this.isAsBefore(signal))) return 'due';
      await clock.sleep(Math.min(STATE_EVERY, left), roused);
    }
  }

  /** False when the server changed in a way that only a probe can tell more of. */
  private async isAsBefore(signal: AbortSignal): Promise<boolean> {
    const { site, observed } = this;
    if (site === null || observed === null) return true;
    if (this.hasChanged()) return false;
    try {
      const state = await site.connection.service.state({ signal, timeoutMs: CALL_MS });
      const now = !state.ok ? 'unreachable' : state.value.state === 'running' ? 'running' : 'stopped';
      if (now === observed.state) return true;
    } catch (cause) {
      this.parts.connections.note(`${this.server.id}: asking for its state`, cause);
    }
    if (this.observed === observed) this.probing.changed();
    return false;
  }

  /** Restarts and refreshes since the last probe: a new one changes what a probe would say. */
  private whatHappened(): string {
    return this.log?.happenedAfter(this.probedTime) ?? this.marks;
  }

  private hasChanged(): boolean {
    return this.whatHappened() !== this.marks;
  }

  private isDoubted(): boolean {
    return jumped(this.probedAt, momentOf(this.parts.clock));
  }

  /** A log that is lost is followed again by the next probe, which comes the later the oftener that happens. */
  private lost(cure: Cure, afterMs: number): void {
    const now = this.parts.clock.monotonic();
    this.log = null;
    this.changes += 1;
    this.lostLogs = afterMs > GOOD_WHILE ? 1 : this.lostLogs + 1;
    if (cure === 'time') this.due = Math.min(this.due, now + retryAfter(this.lostLogs, this.random()));
    this.rouse();
  }

  /** A server's clock runs ahead of what is known of it: it, or ours, was set. A probe reads it again. */
  private doubtClocks(): void {
    const now = this.parts.clock.monotonic();
    if (now - this.probedAt.monotonic < READ_CLOCK_EVERY) return;
    this.due = Math.min(this.due, now);
    this.rouse();
  }

  /** Something was said of the service, or asked: what runs is looked at at once, not at the next turn. */
  private rouse(): void {
    if (this.watching === null || this.watching.aborted) return;
    const before = this.wake;
    this.wake = childOf(this.watching);
    before?.abort();
    before?.release();
  }

  private forget(): void {
    this.log?.end();
    this.log = null;
  }
}
