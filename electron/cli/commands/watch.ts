import { version } from '../../../package.json';
import type { FleetEvent } from '../../../shared/events/fleet-event';
import { Noticed } from '../../../shared/events/noticed';
import { readTopology } from '../../../shared/fleet/model/topology';
import { escapeControlsInJson } from '../../../shared/base/escape-controls';
import { problemOf } from '../../../shared/base/problem';
import { RUV_EVERY, ruvByItself, type RuvTurn } from '../../../shared/ruv/by-itself';
import { describeFault, type Result } from '../../../shared/base/result';
import { count } from '../../../shared/base/sentences';
import { momentOf, systemClock } from '../../engine/base/time';
import { childOf } from '../../engine/base/signals';
import { Alertmanager, alertsOf } from '../../engine/export/alertmanager';
import { type DrawnFleet, FleetMetrics } from '../../engine/export/fleet-metrics';
import { metricsAddress, serveMetrics } from '../../engine/export/metrics-server';
import { postJson, type Target } from '../../engine/export/post';
import { writeTextfile } from '../../engine/export/textfile';
import { type SenderParts, Webhook } from '../../engine/export/webhook';
import type { Invocation } from '../base/arguments';
import { loadFleet } from '../base/fleet-argument';
import { forgetfulOf } from '../base/forgetful';
import { type FileTurn, followFleet, type UsedFleet } from '../base/followed-fleet';
import { receiverOf } from '../base/receiver';
import { usageError } from '../base/usage';
import { exit, type World } from '../base/world';
import { eventText } from '../text/event';
import { jsonText } from '../text/json';
import { problemsText } from '../text/problems';

/** How often the file for node_exporter is written, in milliseconds: also while nothing is heard of the servers. */
const WRITE_EVERY = 10_000;

/**
 * `kanilink watch`: what happens in a fleet, as it happens, until Ctrl-C or SIGTERM. Changes nothing on the servers.
 * Reconnects, limits and the age of evidence are those of the window: both watch by the same code.
 */
export async function watch(invocation: Invocation, world: World): Promise<number> {
  const { fleet: path, json, metrics: asked, loginsEvery, ruvEvery } = invocation;
  const address = asked === null ? null : metricsAddress(asked);
  const complain = (complaint: string): number => usageError(complaint, '', json, world);
  if (asked !== null && address === null) return complain('--metrics takes HOST:PORT, as 127.0.0.1:9777');
  const webhook = await receiverOf('webhook', invocation, world.env);
  if (typeof webhook === 'string') return complain(webhook);
  const alertmanager = await receiverOf('alertmanager', invocation, world.env);
  if (typeof alertmanager === 'string') return complain(alertmanager);
  const loaded = await loadFleet(path, world);
  if (!loaded.ok) {
    world.print(json ? jsonText({ problems: loaded.problems }) : problemsText(loaded.problems, world.paint));
    return exit.failed;
  }
  const { fleet, text } = loaded;
  const metrics = new FleetMetrics(drawnOf(loaded), version, systemClock);
  const served = address === null ? null : await serveMetrics(address, metrics);
  if (served?.ok === false) {
    world.print(json ? jsonText({ problems: [problemOf(served.error)] }) : describeFault(served.error));
    return exit.failed;
  }
  if (served !== null) world.say(`Metrics at port ${served.value.port}, /metrics.`);
  const forgetful = problemsText(await forgetfulOf(text, world), world.paintSaid);
  if (forgetful !== '') world.say(forgetful);
  const over = childOf(world.signal);
  const parts = (target: Target): SenderParts => ({
    ...{ fleet: fleet.name, target, post: postJson, clock: systemClock, metrics, say: world.say },
    signal: over.signal,
  });
  const hook = webhook ? new Webhook(parts(webhook)) : null;
  const alerts = alertmanager ? new Alertmanager(parts(alertsOf(alertmanager))) : null;
  const works = [hook?.run(), alerts?.run(), keepTextfile(invocation.textfile, metrics, world, over.signal)];
  const noticed = new Noticed();
  const tell = (events: readonly FleetEvent[]): void => {
    for (const event of events) world.print(json ? lineOf(event) : eventText(event, world.paint));
    hook?.push(events);
  };
  works.push(eachOf(world.engine.watchDeploys(text, over.signal), tell));
  const every = [loginsEvery * 60_000, ruvTurnOf(ruvEvery)] as const;
  let used: UsedFleet = loaded;
  let turn = childOf(over.signal);
  const follow = async (): Promise<void> => {
    for await (const it of followFleet(loaded, { ...world, signal: over.signal })) {
      metrics.fileTaken(it.kind === 'taken');
      world.say(turnText(it, world));
      if (it.kind === 'kept' || !it.isNew) continue;
      used = it.fleet;
      turn.abort();
    }
  };
  works.push(follow());
  try {
    let watched: UsedFleet | null = null;
    // A watch that ends while nothing changed ended by itself.
    while (watched !== used && !world.signal.aborted) {
      watched = used;
      turn.release();
      turn = childOf(over.signal);
      const drawn = drawnOf(used);
      metrics.draw(drawn);
      for await (const report of world.engine.watch(used.text, turn.signal, ...every)) {
        metrics.look(report);
        tell(noticed.look(report, momentOf(systemClock), drawn.servers));
        alerts?.look(noticed);
      }
    }
  } finally {
    over.abort();
    await Promise.all(works);
    await served?.value.close();
    turn.release();
    over.release();
  }
  // A watch that ends by itself watches nothing any more.
  return world.signal.aborted ? exit.well : exit.failed;
}

/** How RUVs are looked at. @param minutes as somebody said, for every server; null: nobody did */
export const ruvTurnOf = (minutes: number | null): RuvTurn =>
  minutes === null ? ruvByItself(RUV_EVERY) : { everyMs: minutes * 60_000, largest: null };

const drawnOf = ({ fleet }: UsedFleet): DrawnFleet => ({
  name: fleet.name,
  servers: fleet.servers.map(({ id }) => id),
  pulls: readTopology(fleet).pulls.map(({ consumer, supplier }) => ({ consumer, supplier })),
});

/** What is said of a fleet file that changed. */
const turnText = (turn: FileTurn, { paintSaid }: World): string =>
  turn.kind === 'taken'
    ? `The fleet file ${turn.isNew ? 'changed' : 'is as it was'}: ${count(turn.fleet.fleet.servers.length, 'server')} watched.`
    : `${problemsText(turn.problems, paintSaid)}\nThe fleet file changed and is not used: what was watched before still is.`;

async function eachOf<T>(items: AsyncIterable<T>, take: (items: readonly T[]) => void): Promise<void> {
  for await (const item of items) take([item]);
}

/** One document a line. */
const lineOf = (event: FleetEvent): string => escapeControlsInJson(JSON.stringify(event));

async function keepTextfile(
  path: string | null,
  metrics: FleetMetrics,
  { say }: World,
  signal: AbortSignal,
): Promise<void> {
  if (path === null) return;
  let last: Result<void> | null = null;
  const write = async (): Promise<void> => {
    const written = await writeTextfile(path, await metrics.text());
    if (!written.ok && last?.ok !== false) say(describeFault(written.error));
    last = written;
  };
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    await write();
    await systemClock.sleep(WRITE_EVERY, signal);
  }
  // Nobody keeps it true any more, so it claims nothing. Gone, it would end every alert on it as if all were well.
  metrics.end();
  await write();
}
