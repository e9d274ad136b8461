import type { FleetServer } from '../../../shared/fleet/fleet';
import { LogReader } from '../../../shared/kanidmd/rounds';
import type { LogEvidence, ObservedServer } from '../../../shared/observed';
import type { Connections } from '../connections';
import type { Site } from '../deploy/site';
import { observe } from '../observe-fleet';
import { proofWindowMs } from '../probe/probe-server';
import type { Clock } from '../time';
import { type Reading, readingOf } from './reading';

/** How often the service manager is asked whether the server runs, in milliseconds. */
const STATE_EVERY = 2000;
/** How often a server is probed whole: file, domain, certificate, versions. */
const PROBE_EVERY = 60_000;
/** A server that cannot be reached is tried again this often. */
const RETRY_EVERY = 3000;

/**
 * Watches one server: follows its log, asks for its state, and probes it whole now and then and whenever it restarts
 * or is refreshed. kanidmd itself is asked only by a probe, so that watching leaves next to no trace in its log.
 */
export class ServerWatch {
  /** The last probe; null until the first one ends. */
  observed: ObservedServer | null = null;
  site: Site | null = null;
  private reader: LogReader | null = null;
  private marks = '';
  private following = new AbortController();
  /** Ends a rest before its time: something happened to the service. */
  private wake = new AbortController();

  constructor(
    private readonly server: FleetServer,
    private readonly fleetPath: string | null,
    private readonly connections: Connections,
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
  ) {}

  /** Runs until the signal aborts. */
  async run(): Promise<void> {
    while (!this.signal.aborted) {
      await this.probe();
      const until = this.clock.now() + (this.site ? PROBE_EVERY : RETRY_EVERY);
      while (!this.signal.aborted && this.clock.now() < until && (await this.isAsBefore()))
        await this.clock.sleep(
          this.site ? STATE_EVERY : RETRY_EVERY,
          AbortSignal.any([this.signal, this.wake.signal]),
        );
    }
    this.following.abort();
  }

  /** What is known at this moment; evidence that stays away grows old. */
  reading(): Reading | null {
    if (this.observed === null) return null;
    const seen = readingOf(this.observed, this.clock);
    return { ...seen, log: this.evidence(seen.now) };
  }

  private evidence(now: number): LogEvidence | null {
    return this.reader?.evidence(now) ?? null;
  }

  private async probe(): Promise<void> {
    const call = { signal: this.signal, timeoutMs: 20_000 };
    const seen = await observe(this.server, this.fleetPath, this.connections, this.clock, call);
    if (this.signal.aborted) return;
    this.site = seen.site;
    this.observed = seen.observed;
    if (seen.site === null || seen.observed.state === 'unreachable') this.forget();
    else if (this.reader === null) void this.follow(seen.site);
    this.marks = this.whatHappened();
  }

  /** False when the server changed in a way that only a probe can tell more of. */
  private async isAsBefore(): Promise<boolean> {
    if (this.site === null || this.observed === null) return true;
    if (this.reader === null || this.whatHappened() !== this.marks) return false;
    const state = await this.site.connection.service.state({ signal: this.signal, timeoutMs: 20_000 });
    const now = !state.ok ? 'unreachable' : state.value.state === 'running' ? 'running' : 'stopped';
    return now === this.observed.state;
  }

  /** Restarts and refreshes seen so far: a new one changes what a probe would say. */
  private whatHappened(): string {
    const log = this.evidence(0);
    const refreshes = log?.rounds.filter(
      (round) => round.kind === 'refresh' && round.outcome.kind === 'success',
    );
    return `${log?.startedAt ?? ''} ${refreshes?.length ?? 0}`;
  }

  /** Feeds the log to a reader; a log that can no longer be followed is no evidence any more. */
  private async follow(site: Site): Promise<void> {
    const stop = new AbortController();
    this.following = stop;
    const signal = AbortSignal.any([this.signal, stop.signal]);
    const now = this.clock.now() + (site.observed.facts?.clockOffsetMs ?? 0);
    const since = now - proofWindowMs(site.observed.config) - 1000;
    const reader = new LogReader(since * 1000);
    this.reader = reader;
    for await (const item of site.connection.logs({ since }, { follow: true, signal })) {
      if (item.kind === 'fault') break;
      if (item.kind !== 'line') continue;
      if (item.source === 'kanidmd') reader.push({ at: item.at, text: item.text });
      else this.look();
    }
    if (this.reader === reader) this.reader = null;
  }

  /** The service manager said something: a start, a stop, an end. What runs is asked at once, not at the next turn. */
  private look(): void {
    this.wake.abort();
    this.wake = new AbortController();
  }

  private forget(): void {
    this.following.abort();
    this.reader = null;
  }
}
