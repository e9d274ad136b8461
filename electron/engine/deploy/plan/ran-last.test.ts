import { expect, it } from 'vitest';
import { fakeServer, fakeSite } from '../../../../test/support/fake-deployment';
import { VirtualClock } from '../../../../test/support/virtual-clock';
import type { Mishap } from '../../connect/fake/fake-trouble';
import { ranLast } from './ran-last';

/* A start of another kanidmd than ran last is an upgrade of the database: the log of a server that is down tells. */

const HOUR = 3_600_000;

/** A server that ran for an hour and is down, with another version on its disk now. */
async function down(hours = 1, mishap: Mishap | null = null) {
  const clock = new VirtualClock();
  const server = fakeServer('idm-b', [], { now: () => clock.now(), version: '1.10.5' });
  clock.advance(hours * HOUR);
  server.stop();
  server.version = '1.11.1';
  const site = await fakeSite(server, (asked) => (asked === 'logs' ? mishap : null), clock);
  return { server, site, last: () => ranLast(site, clock) };
}

it('is what the log says of the last start, not what lies on the disk', async () => {
  const { last, server, site } = await down();
  expect(site.observed.versionOnDisk).toBe('1.11.1');
  expect(await last()).toEqual({ ranLast: '1.10.5' });
  server.start();
  server.stop();
  expect(await last()).toEqual({ ranLast: '1.11.1' });
});

it('is not told where the log does not reach back so far, or cannot be read', async () => {
  expect(await (await down(25)).last()).toEqual({});
  const gone = { fails: { code: 'gone', message: '', fix: '', where: {} } };
  expect(await (await down(1, gone)).last()).toEqual({});
});

it('is not asked of a server that runs, which says it itself, or that is not reached', async () => {
  const { server, site } = await down();
  const running = { ...site, observed: { ...site.observed, state: 'running' as const } };
  server.asked.length = 0;
  expect(await ranLast(running, new VirtualClock())).toEqual({});
  expect(await ranLast(undefined, new VirtualClock())).toEqual({});
});
