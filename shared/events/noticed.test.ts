import { describe, expect, it } from 'vitest';
import type { StatusReport } from '../observed/status';
import type { ServesReport } from '../serves/serves';
import { withRuv } from '../ruv/judge-ruv';
import type { RuvReport } from '../ruv/ruv';
import { pullOf, reportOf, ruvOf, serverOf, servesOf } from '../../test/support/status-reports';
import { fleetEvent } from './fleet-event';
import { Noticed } from './noticed';

const DAY = 86_400_000;
const START = 1_764_400_000_000;
const certificate = (fingerprint: string, days: number, from = START) => ({
  ...{ fingerprint, notBefore: '2020-01-01T00:00:00Z', names: [] },
  notAfter: new Date(from + days * DAY).toISOString(),
});

/** Looks at reports in turn, ten seconds apart. */
function looking() {
  const noticed = new Noticed();
  let passed = 0;
  return {
    noticed,
    look: (...reports: readonly StatusReport[]) =>
      reports.flatMap((report) => {
        passed += 10_000;
        const events = noticed.look(report, { wall: START + passed, monotonic: passed });
        for (const event of events) expect(fleetEvent.parse(event)).toEqual(event);
        return events.map(({ kind }) => kind);
      }),
  };
}
const many = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const withServes = (serves: ServesReport): StatusReport => reportOf({ serves });
const steady = (kinds: readonly string[]) => kinds.filter((it) => ['broke', 'healed', 'lost'].includes(it));

describe('logins', () => {
  it('break once a second look agrees, however often the first is repeated, and heal the same way', () => {
    const { noticed, look } = looking();
    look(...many(3, withServes(servesOf('1', {}))));
    const first = look(...many(20, withServes(servesOf('2', {}, 'broken'))));
    expect([first.includes('logins-state'), steady(first)]).toEqual([true, []]);
    expect(steady(look(...many(20, withServes(servesOf('3', {}, 'broken')))))).toEqual(['broke']);
    expect(noticed.standing.map(({ subject }) => subject)).toEqual([
      { consumer: 'idm-b', supplier: 'idm-a', what: 'logins' },
    ]);
    expect(steady(look(...many(20, withServes(servesOf('4', {})))))).toEqual([]);
    expect(steady(look(...many(20, withServes(servesOf('5', {})))))).toEqual(['healed']);
    expect(noticed.standing).toEqual([]);
  });

  it('are not lost where they never were good, nor when their server is down', () => {
    const never = looking();
    const unknown = (at: string) => withServes(servesOf(at, { state: 'unknown' }, 'unknown'));
    expect(steady(never.look(...['1', '2', '3', '4'].flatMap((at) => many(10, unknown(at)))))).toEqual([]);
    const down = looking();
    down.look(...['1', '2', '3'].flatMap((at) => many(10, withServes(servesOf(at, {})))));
    const stopped = (at: string) => ({
      ...unknown(at),
      servers: [serverOf('idm-a', { state: 'stopped' }), serverOf('idm-b')],
    });
    expect(steady(down.look(...['4', '5', '6'].flatMap((at) => many(10, stopped(at)))))).toEqual(['broke']);
    expect(down.noticed.standing.map(({ subject }) => subject)).toEqual([{ server: 'idm-a' }]);
    const lost = looking();
    lost.look(...['1', '2', '3'].flatMap((at) => many(10, withServes(servesOf(at, {})))));
    expect(steady(lost.look(...['4', '5'].flatMap((at) => many(10, unknown(at)))))).toEqual(['lost', 'lost']);
  });
});

describe('an older copy of a database', () => {
  const both = [pullOf('idm-b', 'idm-a', 'replicating'), pullOf('idm-a', 'idm-b', 'replicating')];
  const withLook = (ruv: RuvReport): StatusReport => reportOf({ pulls: withRuv(both, ruv), ruv });
  const [read, back] = [withLook(ruvOf('read')), withLook(ruvOf('went-back'))];
  const refreshed = withLook(ruvOf('unknown', { refreshed: true }));
  const database = { server: 'idm-b', what: 'database' };
  const standing = ({ noticed }: ReturnType<typeof looking>) =>
    noticed.standing.map(({ subject, event }) => [subject, event.kind]);

  it('breaks its server once, by name, and no pull beside it, until it is read again', () => {
    const seen = looking();
    seen.look(...many(20, read));
    expect(steady(seen.look(back))).toEqual([]);
    expect(steady(seen.look(...many(60, back)))).toEqual(['broke']);
    expect(standing(seen)).toEqual([[database, 'broke']]);
    // A refresh proves nothing yet; neither does a watch that begins again.
    expect(steady(seen.look(...many(20, refreshed), ...many(20, reportOf({ pulls: both }))))).toEqual([]);
    expect(standing(seen)).toEqual([[database, 'broke']]);
    expect(steady(seen.look(...many(20, read)))).toEqual(['healed']);
    expect(standing(seen)).toEqual([]);
  });

  it('that was refreshed before anybody watched is not known to be over', () => {
    const seen = looking();
    expect(steady(seen.look(...many(60, refreshed)))).toEqual(['lost']);
    expect(standing(seen)).toEqual([[database, 'lost']]);
  });

  it('hides no pull that is broken', () => {
    const seen = looking();
    const ruv = ruvOf('went-back');
    const pulls = withRuv([pullOf('idm-b', 'idm-a', 'broken')], ruv);
    expect(steady(seen.look(...many(20, reportOf({ pulls, ruv }))))).toEqual(['broke', 'broke']);
  });
});

describe('certificates', () => {
  const shows = (fingerprint: string, days: number) =>
    reportOf({ servers: [serverOf('idm-a', { certificate: certificate(fingerprint, days) })] });
  const away = reportOf({ servers: [serverOf('idm-a', { state: 'unreachable' })] });

  it('that was renewed while its server was away is another one, and due no more', () => {
    const { noticed, look } = looking();
    expect(look(shows('old', 5))).toContain('certificate-due');
    expect(noticed.due.map(({ days }) => days)).toEqual([7]);
    look(away);
    expect(noticed.due).toHaveLength(1);
    expect(look(shows('new', 300))).toContain('certificate-changed');
    expect(noticed.due).toEqual([]);
  });

  it('of HTTPS are told of apart from those of replication', () => {
    const { noticed, look } = looking();
    const https = { ...certificate('web', 0.5), isOnDisk: true };
    const seen = { ...shows('old', 5), serves: servesOf('1', { certificate: https }) };
    look(seen);
    expect(noticed.due.map(({ use, days }) => [use, days])).toEqual([
      ['replication', 7],
      ['https', 1],
    ]);
    const renewed = { ...certificate('web-2', 90), isOnDisk: true };
    expect(look({ ...seen, serves: servesOf('2', { certificate: renewed }) })).toContain(
      'certificate-changed',
    );
    expect(noticed.due.map(({ use }) => use)).toEqual(['replication']);
  });
});

it('lines of a log that were lost are told of each time', () => {
  const { look } = looking();
  const torn = (times: number) =>
    reportOf({ servers: [serverOf('idm-a', { logTrouble: { message: 'Lost.', fix: '', times } })] });
  expect(look(torn(1), torn(1), torn(2)).filter((it) => it === 'log-trouble')).toHaveLength(2);
});
