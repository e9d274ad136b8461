import { describePull } from '../../../shared/fleet/model/fleet';
import { randomUUID } from 'node:crypto';
import { eventsBetween } from '../../../shared/events/events-between';
import { BELIEVED_FOR } from '../../../shared/ipc';
import type { FleetGlance } from '../../../shared/history/history';
import type { PullHealth, Round } from '../../../shared/kanidmd/health';
import { countBroken } from '../../../shared/serves/serves-words';
import type { StatusReport } from '../../../shared/observed/status';
import type { Entry, Stretch, Subject } from './entries';
import { lagEntries } from './lag-entries';

/** What a watch knows at one moment. */
export interface WatchedMoment {
  /** The fleet's name. */
  readonly name: string;
  readonly report: StatusReport;
  /** Every server has answered, or is known not to. */
  readonly complete: boolean;
  /** Milliseconds since the epoch, our clock. */
  readonly now: number;
  /** A pull's rounds and refreshes, oldest first, by the consumer's clock; `offsetMs`: that clock minus ours. */
  readonly roundsOf: (pull: PullHealth) => { readonly rounds: readonly Round[]; readonly offsetMs: number };
  /** When kanidmd last started on a server, milliseconds, our clock; null: not known. */
  readonly startOf: (server: string) => number | null;
}

/**
 * Makes entries of what one watch of one fleet tells. A stretch grows from report to report; where none came for as long
 * as the window believes one, nobody watched.
 */
export class FleetRecorder {
  private readonly stretches = new Map<string, Stretch>();
  /** The newest round of each pull that was told, by the consumer's clock, microseconds. */
  private readonly told = new Map<string, number>();
  private readonly starts = new Map<string, number>();
  /** When the RUVs of each pull were read that was told last. */
  private readonly looks = new Map<string, number>();
  private before: { readonly report: StatusReport; readonly at: number } | null = null;
  private readonly watch = randomUUID();

  /** @param path of the fleet file */
  constructor(private readonly path: string) {}

  take({ name, report, now, complete, roundsOf, startOf }: WatchedMoment): readonly Entry[] {
    const pulls = [...report.pulls, ...report.undrawn];
    return [
      ...pulls.flatMap((pull) =>
        this.saw(this.subject(pull.consumer, pull.supplier), pull.health, pull.cause, now),
      ),
      ...report.servers.flatMap(({ id, state }) => this.saw(this.subject(id, ''), state, '', now)),
      ...this.served(report, now),
      ...pulls.flatMap((pull) => this.rounds(pull, roundsOf(pull))),
      ...report.servers.flatMap(({ id }) => this.start(id, startOf(id))),
      ...this.lags(report),
      ...this.happened(report, now),
      // Of a fleet of which a server has not answered yet, the worst is not known.
      ...(complete ? [{ kind: 'fleet' as const, glance: glanceOf(this.path, name, report, now) }] : []),
    ];
  }

  private subject(consumer: string, supplier: string): Subject {
    return { fleet: this.path, consumer, supplier };
  }

  /** What proves that logins are well changes with every look, and is not kept. */
  private served({ serves }: StatusReport, now: number): readonly Entry[] {
    const why = ({ state, cause }: { readonly state: string; readonly cause: string }): string =>
      state === 'broken' || state === 'unknown' ? cause : '';
    return [
      ...(serves?.servers ?? []).flatMap((it) =>
        this.saw(this.subject(it.server, ''), it.state, why(it), now, 'logins'),
      ),
      ...(serves?.logins ?? []).flatMap((it) =>
        this.saw(this.subject(it.consumer, it.supplier), it.state, why(it), now, 'logins'),
      ),
    ];
  }

  private saw(subject: Subject, word: string, cause: string, now: number, what?: 'logins'): readonly Entry[] {
    const key = `${what ?? ''} ${describePull(subject)}`;
    const last = this.stretches.get(key);
    const goesOn = last !== undefined && now >= last.until && now - last.until <= BELIEVED_FOR;
    if (goesOn) last.until = now;
    const before: readonly Entry[] = goesOn ? [{ kind: 'seen', stretch: last }] : [];
    if (goesOn && last.word === word && last.cause === cause) return before;
    const about = what === undefined ? {} : { what };
    const stretch: Stretch = { subject, ...about, since: now, until: now, word, cause, row: null };
    this.stretches.set(key, stretch);
    return [...before, { kind: 'seen', stretch }];
  }

  private rounds(
    pull: PullHealth,
    { rounds, offsetMs }: { readonly rounds: readonly Round[]; readonly offsetMs: number },
  ): readonly Entry[] {
    const subject = this.subject(pull.consumer, pull.supplier);
    const key = describePull(subject);
    const after = this.told.get(key) ?? -Infinity;
    const fresh = rounds.filter(({ at }) => at > after && Number.isSafeInteger(Math.round(at)));
    this.told.set(key, Math.max(after, ...fresh.map(({ at }) => at)));
    return fresh.map(({ at, took, kind, outcome }) => ({
      kind: 'round',
      subject,
      at: Math.round(at / 1000 - offsetMs),
      wrote: Math.round(at / 1000),
      tookMs: took !== null && took >= 0 && took <= A_DAY ? took : null,
      good: outcome.kind === 'success',
      refresh: kind === 'refresh',
    }));
  }

  /**
   * What happened since the report before. What is seen for the first time did not happen then: a stretch begins. After a
   * time in which nobody watched nothing is known of when it happened.
   */
  private happened(report: StatusReport, now: number): readonly Entry[] {
    const { before } = this;
    this.before = { report, at: now };
    if (before === null || now < before.at || now - before.at > BELIEVED_FOR) return [];
    return eventsBetween(before.report, report, now)
      .filter((event) => !('from' in event && event.from === null))
      .map((event) => ({ kind: 'event', fleet: this.path, event, watch: this.watch }));
  }

  /** A look is told of as long as it is believed, and kept once. */
  private lags({ ruv }: StatusReport): readonly Entry[] {
    if (ruv === undefined) return [];
    return lagEntries(this.path, ruv).filter(({ subject, at }) => {
      const key = describePull(subject);
      const isNew = this.looks.get(key) !== at;
      this.looks.set(key, at);
      return isNew;
    });
  }

  private start(id: string, at: number | null): readonly Entry[] {
    if (at === null || !Number.isSafeInteger(Math.round(at)) || this.starts.get(id) === at) return [];
    this.starts.set(id, at);
    return [{ kind: 'start', subject: this.subject(id, ''), at: Math.round(at) }];
  }
}

/** A round that says it took longer says nothing. Milliseconds. */
const A_DAY = 86_400_000;

function glanceOf(path: string, name: string, report: StatusReport, at: number): FleetGlance {
  const pulls: FleetGlance['pulls'] = {};
  for (const { health } of [...report.pulls, ...report.undrawn]) pulls[health] = (pulls[health] ?? 0) + 1;
  const down = report.servers.filter(({ state }) => state !== 'running').length;
  const logins = report.serves === undefined ? {} : { logins: countBroken(report.serves) };
  return { path, name, at, pulls, down, servers: report.servers.length, ...logins };
}
