import { describePull } from '../fleet/model/fleet';
import type { Health, PullHealth } from '../kanidmd/health';
import { BELIEVED_FOR } from '../observed/believed';
import type { ServerState, StatusReport } from '../observed/status';
import { isOlderCopy } from '../ruv/judge-ruv';
import type { ServerRuv } from '../ruv/ruv';
import type { PullLogins, ServesState } from '../serves/serves';
import { EVENT_FORMAT } from './certificate-due';
import type { FleetEvent, Subject } from './fleet-event';
import { subjectText } from './words';

/** What one look says of a server or a pull; null: it says nothing either way, as of a round that is due. */
type Verdict = 'good' | 'bad' | 'unknown';

/** How long looks must agree before a verdict is told, in milliseconds, and how many at least. */
const HOLDS = { bad: 10_000, unknown: 60_000, good: 60_000 } as const;
const LOOKS = 2;
/** What did not stay as it was told for so long goes to and fro: each further verdict must hold twice as long. */
const CALM = 30 * 60_000;
const LONGEST_HOLD = 30 * 60_000;
/** Looks further apart than this do not agree with each other: the computer slept, or nobody looked. */
const LONGEST_GAP = BELIEVED_FOR;

/** What is remembered of one server or pull between looks. Times are milliseconds of the monotonic clock. */
export interface Steady {
  /** The verdict that was told last; null: none yet. */
  readonly told: Verdict | null;
  /** When a look last said something else than what was told. */
  readonly restlessAt: number;
  /** What newer looks say instead. */
  readonly pending: { readonly verdict: Verdict; readonly since: number; readonly looks: number } | null;
  /** How often it was told of without `CALM` between. */
  readonly flaps: number;
  /** When it was looked at last. */
  readonly lookedAt: number;
}

const NEVER: Steady = { told: null, restlessAt: 0, pending: null, flaps: 0, lookedAt: 0 };

/**
 * Takes one look. A verdict is told when a second look agrees with it, for long enough and without one between that
 * says otherwise. The first good one is no news; what is bad and then unknown stays bad.
 * @param at milliseconds, the monotonic clock; not before the last look's.
 * @returns what to remember, and what is to be told: null is nothing.
 */
export function lookAgain(
  before: Steady | undefined,
  verdict: Verdict | null,
  at: number,
): { readonly steady: Steady; readonly tell: Verdict | null } {
  const old = before ?? NEVER;
  const was = { ...old, pending: at - old.lookedAt > LONGEST_GAP ? null : old.pending, lookedAt: at };
  if (verdict === null) return { steady: was, tell: null };
  const known = was.told === verdict || (was.told === 'bad' && verdict === 'unknown');
  if (known) return { steady: { ...was, pending: null }, tell: null };
  const begun = was.pending?.verdict === verdict ? was.pending : { verdict, since: at, looks: 0 };
  const pending = { ...begun, looks: begun.looks + 1 };
  const flaps = at - was.restlessAt > CALM ? 0 : was.flaps;
  const restless = { ...was, flaps, restlessAt: at };
  const hold = Math.min(LONGEST_HOLD, HOLDS[verdict] * 2 ** flaps);
  if (pending.looks < LOOKS || at - pending.since < hold)
    return { steady: { ...restless, pending }, tell: null };
  const first = was.told === null;
  const steady = { ...restless, told: verdict, pending: null, flaps: first ? 0 : flaps + 1 };
  return { steady, tell: first && verdict === 'good' ? null : verdict };
}

const OF_HEALTH: Readonly<Record<Health, Verdict | null>> = {
  replicating: 'good',
  waiting: null,
  'needs-refresh': 'bad',
  broken: 'bad',
  paused: 'bad',
  unknown: 'unknown',
};
const OF_STATE: Readonly<Record<ServerState, Verdict>> = {
  running: 'good',
  stopped: 'bad',
  unreachable: 'unknown',
};
const OF_LOGINS: Readonly<Record<ServesState | PullLogins['state'], Verdict>> = {
  serves: 'good',
  good: 'good',
  broken: 'bad',
  unknown: 'unknown',
};
const KINDS = { good: 'healed', bad: 'broke', unknown: 'lost' } as const;

/** A verdict that is not good and was told, and not taken back since. */
export interface Standing {
  readonly subject: Subject;
  readonly event: FleetEvent & { readonly kind: 'broke' | 'lost' };
}

/** The verdicts of a fleet that two looks agreed on. One for each watch; holds as much as the fleet has servers and pulls. */
export class SteadyFleet {
  private readonly known = new Map<string, Steady & { readonly subject: Subject }>();
  private readonly open = new Map<string, Standing>();
  /** Which look at logins was taken last: a report repeats it many times. */
  private readonly looks = new Map<string, string>();

  /** What is wrong now, as far as it was told. */
  get standing(): readonly Standing[] {
    return [...this.open.values()];
  }

  /**
   * What is in the fleet and not in the report is not reported yet, as by a watch that begins again: what was told of it
   * stands.
   * @param at both clocks, milliseconds: the first for what is told, the second for how long something holds.
   * @param fleet the servers of the fleet, by their ids, also those that have not answered; absent: those of the report.
   * @returns what is to be told, each once.
   */
  look(
    report: StatusReport,
    at: { readonly wall: number; readonly monotonic: number },
    fleet: readonly string[] = report.servers.map(({ id }) => id),
  ): readonly FleetEvent[] {
    const seen = [
      ...[...ofServers(report), ...ofPulls(report), ...ofDatabases(report)],
      ...this.ofLogins(report),
    ];
    const keys = new Set(seen.map((it) => subjectText(it.subject)));
    const isGone = goneFrom(report, fleet);
    for (const [key, { subject }] of this.known)
      if (!keys.has(key) && isGone(subject)) {
        this.known.delete(key);
        this.open.delete(key);
        this.looks.delete(key);
      }
    return seen.flatMap(({ subject, verdict, ...why }) => {
      const key = subjectText(subject);
      const began = this.known.get(key)?.pending?.since ?? at.monotonic;
      const { steady, tell } = lookAgain(this.known.get(key), verdict, at.monotonic);
      this.known.set(key, { ...steady, subject });
      if (tell === null) return [];
      const since = Math.round(at.wall - (at.monotonic - began));
      const event = { format: EVENT_FORMAT, at: at.wall, kind: KINDS[tell], subject, since, ...why } as const;
      if (event.kind === 'healed') this.open.delete(key);
      else this.open.set(key, { subject, event: { ...event, kind: event.kind } });
      return [event];
    });
  }

  private ofLogins(report: StatusReport): readonly SeenVerdict[] {
    const down = new Set(report.servers.flatMap(({ id, state }) => (state === 'running' ? [] : [id])));
    return loginsOf(report).map(({ state, at, ...seen }) => {
      const key = subjectText(seen.subject);
      const look = `${at} ${state}`;
      const isNew = this.looks.get(key) !== look;
      this.looks.set(key, look);
      // What was never good is not lost, and of a server that is down it is told already.
      const isLoss = this.known.get(key)?.told === 'good' && !endsOf(seen.subject).some((id) => down.has(id));
      const verdict = OF_LOGINS[state];
      return { ...seen, verdict: !isNew || (verdict === 'unknown' && !isLoss) ? null : verdict };
    });
  }
}

interface SeenVerdict {
  readonly subject: Subject;
  readonly verdict: Verdict | null;
  readonly cause: string;
  readonly fix: string;
  readonly proof?: NonNullable<PullHealth['proof']>;
}

const ofServers = (report: StatusReport): readonly SeenVerdict[] =>
  report.servers.map(({ id, state }) => ({
    ...{ subject: { server: id }, verdict: OF_STATE[state] },
    ...whyServer(report, id),
  }));

/** What runs and is not drawn is a problem of its own; it is nobody's promise. */
function ofPulls({ pulls, ruv }: StatusReport): readonly SeenVerdict[] {
  // That rounds of an older copy prove nothing is told of its server, once.
  const older = new Set(ruv?.servers.flatMap((it) => (isOlderCopy(it) ? [it.server] : [])));
  return pulls.map(({ consumer, supplier, health, cause, fix, proof }) => {
    const isTold = health === 'unknown' && [consumer, supplier].some((id) => older.has(id));
    const verdict = isTold ? null : OF_HEALTH[health];
    return {
      ...{ subject: { consumer, supplier }, verdict, cause, fix },
      ...(proof === undefined ? {} : { proof }),
    };
  });
}

/** A RUV that shows an older copy was read twice in one look; a report repeats it. One that was not read says nothing. */
const ofDatabases = ({ ruv }: StatusReport): readonly SeenVerdict[] =>
  (ruv?.servers ?? []).map((it) => ({
    ...{ subject: { server: it.server, what: 'database' }, verdict: ofRuv(it), cause: it.cause, fix: it.fix },
  }));

const ofRuv = ({ state, refreshed }: ServerRuv): Verdict | null =>
  state === 'went-back' ? 'bad' : state === 'read' ? 'good' : refreshed === true ? 'unknown' : null;

/** Servers' HTTPS and pulls' logins, as they were looked at last. */
const loginsOf = ({ serves }: StatusReport) => [
  ...(serves?.servers ?? []).map(({ server, state, at, cause, fix }) => ({
    ...{ subject: { server, what: 'logins' } as const, state, at, cause, fix },
  })),
  ...(serves?.logins ?? []).map(({ consumer, supplier, state, at, cause, fix }) => ({
    ...{ subject: { consumer, supplier, what: 'logins' } as const, state, at, cause, fix },
  })),
];

const endsOf = (it: Subject): readonly string[] =>
  'server' in it ? [it.server] : [it.consumer, it.supplier];

/** Whether what a report does not tell of is not in the fleet any more. */
function goneFrom(
  { servers, pulls, undrawn }: StatusReport,
  fleet: readonly string[],
): (subject: Subject) => boolean {
  const there = new Set(fleet);
  const answered = new Set(servers.map(({ id }) => id));
  const links = new Set([...pulls, ...undrawn].map(describePull));
  return (it) => {
    if ('server' in it) return !there.has(it.server);
    const ends = endsOf(it);
    if (!ends.every((id) => there.has(id))) return true;
    const isLink = it.what === 'logins' && links.has(describePull(it));
    return ends.every((id) => answered.has(id)) && !isLink;
  };
}

function whyServer({ problems }: StatusReport, id: string): { readonly cause: string; readonly fix: string } {
  const found = problems.find(({ server, severity }) => server === id && severity === 'error');
  return { cause: found?.message ?? '', fix: found?.fix ?? '' };
}
