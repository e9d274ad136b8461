import { readTopology } from '../../../shared/fleet/topology';
import type { FleetText } from '../../../shared/ipc';
import type { StatusReport } from '../../../shared/observed';
import type { Connections } from '../connections';
import { fleetFrom, type ObservedFleet } from '../observe-fleet';
import type { Clock } from '../time';
import { ServerWatch } from './server-watch';
import { describeServer, dialledOrigins, judgeAll, problemsOf } from './status';
import { undeployedPulls } from './undeployed';

/** How often everything is judged anew, in milliseconds: evidence that stays away must grow old. */
const JUDGE_EVERY = 500;
/** A report that stays the same is said again this often, in milliseconds: a listener takes silence for not knowing. */
const REPEAT_EVERY = 10_000;

/**
 * The fleet's status, again whenever it changes. Each server is watched by itself, so that one that hangs holds up
 * nobody; silence turns pulls `unknown` and never keeps them green.
 */
export async function* watchFleet(
  text: FleetText,
  connections: Connections,
  clock: Clock,
  signal: AbortSignal,
): AsyncIterable<StatusReport> {
  const read = fleetFrom(text);
  if (!read.ok) return;
  const { fleet, problems } = read.value;
  const topology = readTopology(fleet);
  const stop = new AbortController();
  const ends = AbortSignal.any([signal, stop.signal]);
  const watches = fleet.servers.map((it) => new ServerWatch(it, text.path, connections, clock, ends));
  const running = watches.map((watch) => watch.run());
  let last = '';
  let saidAt = 0;
  try {
    while (!ends.aborted) {
      await clock.sleep(JUDGE_EVERY, ends);
      const observed = watches.flatMap((watch) => watch.observed ?? []);
      if (observed.length < watches.length) continue;
      const sites = new Map(watches.flatMap(({ site }) => (site ? [[site.server.id, site] as const] : [])));
      const now: ObservedFleet = { fleet, path: text.path, observed, sites, problems };
      const readings = new Map(
        watches.flatMap((watch) => {
          const reading = watch.reading();
          return reading && watch.observed ? [[watch.observed.id, reading] as const] : [];
        }),
      );
      const report: StatusReport = {
        servers: observed.map(describeServer),
        pulls: judgeAll(
          topology,
          readings,
          dialledOrigins(fleet, observed),
          undeployedPulls(fleet, observed),
        ),
        problems: problemsOf(now, topology),
      };
      const told = JSON.stringify(report);
      if (told === last && clock.now() - saidAt < REPEAT_EVERY) continue;
      last = told;
      saidAt = clock.now();
      yield report;
    }
  } finally {
    stop.abort();
    await Promise.all(running);
  }
}
