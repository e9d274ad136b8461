import { cureOf, type Cure } from '../../../shared/base/cure';
import { LogReader } from '../../../shared/kanidmd/rounds';
import type { LogEvidence } from '../../../shared/kanidmd/evidence';
import { runsWith } from '../../../shared/observed/observed-config';
import type { Site } from '../deploy/deployment/deployment';
import { proofWindowMs } from '../fleet/probe/probe-server';
import { each } from '../base/batches';
import { childOf, type Child } from '../base/signals';
import { type Clock, serverTime } from '../base/time';
import { unexpected } from '../base/unexpected';
import type { LogTail } from './log-tail';

/** Who hears of a log that is followed. Times are microseconds, the server's clock. */
export interface LogListener {
  /** The service manager logged something. */
  readonly manager: (at: number) => void;
  /** kanidmd logged something. */
  readonly line: (at: number) => void;
  /** Lines of it were lost, or it cannot be read any more. */
  readonly trouble: (message: string, fix: string) => void;
  /** It is followed no more. @param cure what it takes to follow it again. @param afterMs how long it was followed. */
  readonly lost: (log: FollowedLog, cure: Cure, afterMs: number) => void;
}

/** What a server's log proves, from a little before now on, as long as it is followed. */
export class FollowedLog {
  private readonly reader: LogReader;
  private readonly stop: Child;

  constructor(
    tail: LogTail,
    site: Site,
    clock: Clock,
    parent: AbortSignal,
    private readonly listener: LogListener,
  ) {
    const now = serverTime(site.observed.facts, clock);
    const since = now - proofWindowMs(runsWith(site.observed)) - 1000;
    this.reader = new LogReader(since * 1000);
    this.stop = childOf(parent);
    const began = clock.monotonic();
    void this.read(tail, site, { since, now })
      .catch((cause: unknown) => cureOf(unexpected(cause).code))
      .then((cure) => {
        const asked = this.stop.signal.aborted;
        this.stop.release();
        if (!asked) listener.lost(this, cure, clock.monotonic() - began);
      });
  }

  /** Goes up with every line that says something. */
  get revision(): number {
    return this.reader.revision;
  }

  /** @param now microseconds, the server's clock. */
  evidence(now: number): LogEvidence {
    return this.reader.evidence(now);
  }

  /** Starts and refreshes logged after a time: while it stays the same, a probe would show what one at that time showed. */
  happenedAfter(time: number): string {
    const { startedAt, rounds } = this.reader.evidence(0);
    const refreshes = rounds.filter(
      (round) => round.kind === 'refresh' && round.outcome.kind === 'success' && round.at > time,
    );
    const start = startedAt !== null && startedAt > time ? startedAt : '';
    return `${start} ${refreshes.length}`;
  }

  /** Nobody hears of it any more. */
  end(): void {
    this.stop.abort();
  }

  private async read(
    tail: LogTail,
    site: Site,
    start: { readonly since: number; readonly now: number },
  ): Promise<Cure> {
    for await (const item of each(tail.read(site.connection, start, this.stop.signal))) {
      if (this.stop.signal.aborted) break;
      if (item.kind === 'fault') {
        this.listener.trouble(item.fault.message, item.fault.fix);
        return cureOf(item.fault.code);
      }
      if (item.kind === 'gap') {
        this.reader.gap();
        this.listener.trouble(`Lines of its log may be missing: ${item.reason}`, '');
        continue;
      }
      if (item.source === 'kanidmd') {
        this.reader.push({ at: item.at, text: item.text }, item.read);
        this.listener.line(item.at);
      } else this.listener.manager(item.at);
    }
    return 'time';
  }
}
