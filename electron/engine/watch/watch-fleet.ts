import { readTopology, type Topology } from '../../../shared/fleet/model/topology';
import { type FleetText, REPEAT_EVERY } from '../../../shared/ipc';
import type { StatusReport, StatusServer } from '../../../shared/observed/status';
import { ruvByItself, type RuvTurn } from '../../../shared/ruv/by-itself';
import type { RuvMemory } from '../../../shared/ruv/ruv-memory';
import { revisionOf } from '../../../shared/observed/revision';
import { lookAtRuv } from '../ruv/look-ruv';
import { RuvWatch } from '../ruv/ruv-watch';
import { lookAtFleet } from '../serves/look-fleet';
import { ServesWatch } from '../serves/serves-watch';
import { fleetFrom, type ObservedFleet } from '../fleet/observe-fleet';
import { nothingSeen } from '../fleet/probe/probe-server';
import type { Clock } from '../base/time';
import type { WatchedMoment } from '../history/fleet-recorder';
import { seenBy } from '../health/seen-by';
import { withProved } from '../health/with-proved';
import { runningOf } from '../base/look-schedule';
import type { HeldWatch, ServerWatches } from './server-watches';
import { NewTrouble } from './new-trouble';
import { describeServers, judgeFleet, type JudgedFleet, problemsOf } from '../health/status';
import type { Reading } from '../health/reading';
import type { ServerWatch } from './server-watch';

/** How often is looked whether anything has come, in milliseconds. */
const LOOK_EVERY = 500;
/** When nothing has come, all is judged again this often, in milliseconds: evidence that stays away must grow old. */
const AGE_EVERY = 2000;

export interface WatchFleetParts {
  readonly watches: ServerWatches;
  readonly clock: Clock;
  /** Hears of what went wrong and concerns nobody else. */
  readonly note?: (doing: string, cause: unknown) => void;
  /** Between two looks at logins, milliseconds; 0: never. */
  readonly loginsEveryMs?: number;
  /** Logins are looked at once right away, also where that is never done by itself. */
  readonly loginsNow?: boolean;
  /** Looks at RUVs; absent: none. */
  readonly ruvTurn?: RuvTurn;
  /** Whether a deploy of this Kanilink runs: no database is read meanwhile. */
  readonly deploying?: () => boolean;
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** Is told of every report, for what is kept of the fleet; absent: nothing is. */
  readonly keep?: (seen: WatchedMoment) => void;
  /** Who was restored to an older copy, across starts; absent: this watch alone knows. */
  readonly memory?: RuvMemory | null;
}

/**
 * The fleet's status, again whenever it changes. Each server is watched by itself and told of the moment it answers; one
 * that hangs holds up nobody: until then it is not among the servers, and none of its pulls among the pulls. Silence turns
 * pulls `unknown` and never keeps them green.
 */
export async function* watchFleet(
  text: FleetText,
  {
    watches,
    clock,
    signal,
    keep,
    note = () => undefined,
    loginsEveryMs = 0,
    loginsNow = false,
    ruvTurn = ruvByItself(0),
    deploying = () => false,
    memory = null,
  }: WatchFleetParts,
): AsyncIterable<StatusReport> {
  const read = fleetFrom(text);
  if (!read.ok) return;
  const { fleet, problems } = read.value;
  const topology = readTopology(fleet);
  const held = fleet.servers.map((server) => watches.hold(server, text.path));
  let looked = { revision: '', at: -Infinity };
  const trouble = new NewTrouble();
  const logins = new ServesWatch(
    (call, told) => lookAtFleet(seenFleet(fleet, problems, held), clock, call, told),
    clock,
    signal,
    note,
    loginsEveryMs,
    loginsNow,
  );
  const ruv = new RuvWatch(
    (call, before) => lookAtRuv(seenFleet(fleet, problems, held), clock, call, before, ruvTurn.largest),
    clock,
    signal,
    note,
    ruvTurn,
    memory,
  );
  let first = true;
  let last = '';
  let saidAt = -Infinity;
  try {
    await ruv.recall();
    while (!signal.aborted) {
      // What is known already is told at once.
      if (!first) await clock.sleep(LOOK_EVERY, signal);
      first = false;
      const at = clock.monotonic();
      const revision = held.map(({ watch }) => watch.revision).join();
      if (revision === looked.revision && at - looked.at < AGE_EVERY) continue;
      looked = { revision, at };
      const answered = held.flatMap(({ watch }) => {
        const [observed, reading] = [watch.observed, watch.reading()];
        return observed && reading ? [{ watch, observed, reading }] : [];
      });
      if (answered.length === 0) continue;
      const observed = answered.map((it) => it.observed);
      const running = runningOf(observed);
      if (answered.length === held.length) logins.tick(running);
      const serves = logins.now(running);
      const judged = judgeFleet(
        fleet,
        topology,
        observed,
        new Map(answered.map((it) => [it.observed.id, it.reading])),
      );
      if (answered.length === held.length && !deploying())
        ruv.tick(running, [...judged.pulls, ...judged.undrawn]);
      const changes = ruv.now(running);
      const seen = {
        servers: describeServers(fleet, observed).map((server, index) => ({
          ...server,
          ...toldOf(answered[index]),
        })),
        pulls: judged.pulls,
        undrawn: judged.undrawn,
        problems: problemsSoFar({ fleet, problems, observed }, topology),
      };
      const report: StatusReport = withProved(seen, serves, changes);
      for (const id of trouble.newIn([...report.pulls, ...report.undrawn], at))
        answered.find((it) => it.observed.id === id)?.watch.look();
      // A next try that comes nearer is no news.
      const told = JSON.stringify(report, (key, value: unknown) => (key === 'inMs' ? 0 : value));
      if (told === last && at - saidAt < REPEAT_EVERY) continue;
      last = told;
      saidAt = at;
      keep?.(seenBy(fleet, answered, report, clock.now()));
      yield report;
    }
  } finally {
    for (const { release } of held) release();
  }
}

/** The fleet as its watches have seen it. */
const seenFleet = (
  fleet: JudgedFleet['fleet'],
  problems: JudgedFleet['problems'],
  held: readonly HeldWatch[],
): ObservedFleet => ({
  ...{ fleet, problems, path: null, observed: held.flatMap(({ watch }) => watch.observed ?? []) },
  sites: new Map(
    held.flatMap(({ watch }) => (watch.site === null ? [] : [[watch.site.server.id, watch.site]])),
  ),
});

/** What only the watch of a server knows of it. */
function toldOf(
  answered: { readonly watch: ServerWatch; readonly reading: Reading } | undefined,
): Pick<StatusServer, 'nextTry' | 'revision' | 'startedAt' | 'logTrouble'> {
  const observed = answered?.watch.observed ?? null;
  if (answered === undefined || observed === null) return {};
  const { watch, reading } = answered;
  return {
    nextTry: watch.nextTry(),
    revision: revisionOf(observed),
    startedAt: reading.log?.startedAt ?? null,
    ...(watch.logTrouble === null ? {} : { logTrouble: watch.logTrouble }),
  };
}

/**
 * What can be said before every server has answered: to the rules, one that has not is one that cannot be reached, and
 * that is not told of it.
 */
function problemsSoFar(
  { fleet, problems, observed }: JudgedFleet,
  topology: Topology,
): StatusReport['problems'] {
  const answered = new Map(observed.map((it) => [it.id, it]));
  const all = fleet.servers.map((server) => answered.get(server.id) ?? nothingSeen(server));
  const awaited = new Set<string | null>(
    fleet.servers.filter(({ id }) => !answered.has(id)).map(({ id }) => id),
  );
  return problemsOf({ fleet, problems, observed: all }, topology).filter(
    ({ server }) => !awaited.has(server),
  );
}
