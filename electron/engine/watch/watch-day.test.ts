import { expect, it } from 'vitest';
import { fakeFleet } from '../../../test/support/fake-fleet';
import { FakeReplication } from '../../../test/support/fake-replication';
import { heldBy } from '../../../test/support/held-by';
import { inOwnFolder } from '../../../test/support/own-folder';
import { VirtualClock } from '../../../test/support/virtual-clock';
import { Noticed } from '../../../shared/events/noticed';
import { ruvByItself } from '../../../shared/ruv/by-itself';
import { momentOf } from '../base/time';
import { Alertmanager } from '../export/alertmanager';
import { FleetMetrics } from '../export/fleet-metrics';
import { type Post, targetOf } from '../export/post';
import { Webhook } from '../export/webhook';
import { Connections } from '../fleet/connections';
import { FleetRecorder } from '../history/fleet-recorder';
import { HistoryStore } from '../history/history-store';
import { memoryOf } from '../history/keeping';
import { ServerWatches } from './server-watches';
import { watchFleet } from './watch-fleet';

/*
 * All that `kanilink watch` holds beside its watches of servers, whose own day is `day-long.test.ts`: hours that are alike,
 * each with a server that stops and receivers that take nothing for a while.
 */

const HOUR = 3_600_000;
const MINUTE = 60_000;
/** A whole day takes the long run. */
const HOURS = process.env['KANILINK_LONG'] === '1' ? 24 : 3;
const PATH = '/srv/fleet.toml';

let configDir: string;
inOwnFolder('watch-day', (made) => (configDir = made));

it('all that a watch holds is no more after hours of trouble than after the first', async () => {
  const clock = new VirtualClock();
  const tables = { 'idm-a': ['idm-b mutual-pull'], 'idm-b': ['idm-a mutual-pull'] };
  const fleet = fakeFleet(tables, [['idm-a', 'idm-b']], undefined, { clock });
  new FakeReplication(fleet.servers, clock);
  const b = fleet.servers[1];
  if (b === undefined) throw new Error('it is in the fleet');
  const watches = new ServerWatches(
    new Connections({
      ...{ home: '/', env: {}, log: () => undefined, open: fleet.open },
      prompter: { acceptHostKey: async () => false, secret: async () => null },
    }),
    clock,
  );
  const stop = new AbortController();
  const { signal } = stop;

  let takes = true;
  let [sent, refused, said] = [0, 0, 0];
  const post: Post = (_target, body) => {
    if (takes) sent += body.length;
    else refused += 1;
    return Promise.resolve(takes ? { kind: 'sent' } : { kind: 'again', why: 'It is away.' });
  };
  const target = targetOf('http://127.0.0.1:9/');
  if (target === null) throw new Error('it is an address');
  const drawn = {
    name: 'Home',
    servers: ['idm-a', 'idm-b'],
    pulls: [
      { consumer: 'idm-b', supplier: 'idm-a' },
      { consumer: 'idm-a', supplier: 'idm-b' },
    ],
  };
  const metrics = new FleetMetrics(drawn, '1.0', clock);
  const parts = { fleet: 'Home', target, post, clock, metrics, say: () => void (said += 1), signal };
  const [hook, alerts] = [new Webhook({ ...parts, random: () => 0.5 }), new Alertmanager(parts)];
  const noticed = new Noticed();
  const recorder = new FleetRecorder(PATH);
  const store = new HistoryStore({ configDir, clock, log: () => undefined });

  const works = [hook.run(), alerts.run()];
  const watched = (async () => {
    const keeps = {
      keep: (seen: Parameters<FleetRecorder['take']>[0]) => store.add(recorder.take(seen)),
      memory: memoryOf(PATH, store, clock),
    };
    for await (const report of watchFleet(
      { ...fleet.text, path: PATH },
      { watches, clock, signal, ...keeps, ruvTurn: ruvByItself(60) },
    )) {
      metrics.look(report);
      hook.push(noticed.look(report, momentOf(clock), drawn.servers));
      alerts.look(noticed);
    }
  })();

  const held: number[] = [];
  for (let hour = 0; hour < HOURS; hour += 1) {
    await clock.sleep(20 * MINUTE, signal);
    takes = false;
    b.stop();
    await clock.sleep(10 * MINUTE, signal);
    b.start();
    takes = true;
    await clock.sleep(HOUR - 30 * MINUTE, signal);
    // Whoever reads it does so by what it holds.
    expect(await metrics.text()).toContain('health="replicating",fleet="Home"} 1');
    // What belongs to others, and is the same all the time: the clock, the servers' connections, the open file.
    held.push(
      heldBy(
        [metrics, hook, alerts, noticed, recorder, store],
        ['clock', 'file', 'ready', 'signal', 'options'],
      ),
    );
  }
  const events = await store.read({
    path: PATH,
    from: clock.now() - HOURS * HOUR,
    to: clock.now(),
    columns: 10,
  });
  stop.abort();
  await Promise.all([watched, ...works]);
  await watches.close();
  await store.close();

  // It was told, kept and sent all the time.
  expect(events.ok && events.value.events.filter(({ kind }) => kind === 'server-state')).toHaveLength(
    2 * HOURS,
  );
  expect([sent > 1000 * HOURS, refused >= 2 * HOURS, said]).toEqual([true, true, 4 * HOURS]);
  const [first = 0] = held;
  expect(Math.max(...held.slice(1))).toBeLessThan(first * 1.05);
}, 900_000);
