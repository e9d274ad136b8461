import { expect, it } from 'vitest';
import { fakeFleet } from '../../../test/support/fake-fleet';
import { FakeReplication } from '../../../test/support/fake-replication';
import { heldBy } from '../../../test/support/held-by';
import { pullOf, reportOf, serverOf } from '../../../test/support/status-reports';
import { VirtualClock } from '../../../test/support/virtual-clock';
import { Noticed } from '../../../shared/events/noticed';
import { Notices } from '../../../shared/events/notices';
import type { Health } from '../../../shared/kanidmd/health';
import { fleetFrom } from '../fleet/observe-fleet';
import { Connections } from '../fleet/connections';
import { momentOf } from '../base/time';
import { ServerWatch } from './server-watch';

/* A machine that never sleeps watches for months: what is held after a day is what was held after some hours. */

const HOUR = 3_600_000;
/** Its rounds fill what is kept of a log in some eight hours; a whole day takes the long run. */
const HOURS = process.env['KANILINK_LONG'] === '1' ? [1, 11, 12] : [1, 9, 2];

it('a server that is watched on and on takes no more memory than when what is kept of its log is full', async () => {
  const clock = new VirtualClock();
  const tables = { 'idm-a': ['idm-b mutual-pull'], 'idm-b': ['idm-a mutual-pull'] };
  const fleet = fakeFleet(tables, [['idm-a', 'idm-b']], undefined, { clock });
  new FakeReplication(fleet.servers, clock);
  const read = fleetFrom(fleet.text);
  const [server] = read.ok ? read.value.fleet.servers : [];
  if (server === undefined) throw new Error('it is in the file');
  const connections = new Connections({
    ...{ home: '/', env: {}, log: () => undefined, open: fleet.open },
    prompter: { acceptHostKey: async () => false, secret: async () => null },
  });
  const watch = new ServerWatch(server, { fleetPath: null, connections, clock });
  const stop = new AbortController();
  const ended = watch.run(stop.signal);
  // The server in memory keeps its whole log; that is not what is measured.
  const held = (): number => heldBy(watch, ['connection', 'connections', 'parts', 'clock']);
  const measured: number[] = [];
  for (const hours of HOURS) {
    await clock.sleep(hours * HOUR, stop.signal);
    expect(watch.reading()?.log?.rounds.length).toBeGreaterThan(100);
    measured.push(held());
  }
  stop.abort();
  await ended;
  const [early = 0, full = 0, late = 0] = measured;
  // It does hold the rounds that a chart needs, and that is bounded.
  expect(full).toBeGreaterThan(early);
  expect(late).toBeLessThan(full * 1.02);
}, 240_000);

it('what is remembered of what was told is no more after a day of trouble', () => {
  const clock = new VirtualClock();
  const [noticed, notices] = [new Noticed(), new Notices()];
  const healths: readonly Health[] = ['replicating', 'broken', 'unknown', 'replicating', 'needs-refresh'];
  const pass = (hours: number): void => {
    for (let turn = 0; turn < hours * 360; turn += 1) {
      clock.advance(10_000);
      const health = healths[Math.floor(turn / 30) % healths.length] ?? 'unknown';
      // Another text each time, as causes with times in them are.
      const cause = `At ${clock.now()} it is ${health}.`;
      const report = reportOf({
        servers: [serverOf('idm-a', { startedAt: turn }), serverOf('idm-b')],
        pulls: [pullOf('idm-b', 'idm-a', health, { cause })],
      });
      notices.look(noticed.look(report, momentOf(clock)), false, noticed.standing);
    }
  };
  pass(1);
  const early = heldBy([noticed, notices]);
  pass(23);
  expect(heldBy([noticed, notices])).toBeLessThan(early * 1.2);
});
