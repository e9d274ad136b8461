import { describe, expect, it } from 'vitest';
import type { CertificateDue } from '../../../shared/events/certificate-due';
import type { StatusReport } from '../../../shared/observed/status';
import { reportOf, serverOf, servesOf } from '../../../test/support/status-reports';
import { FleetWatcher } from './fleet-watcher';

/** A fleet of these servers. */
const fleetOf = (ids: readonly string[]): string =>
  [
    'version = 1\nname = "Home lab"',
    ...ids.map((id) =>
      [
        `[[server]]\nid = "${id}"\nconnect = "docker"\nendpoint = "unix:///var/run/docker.sock"`,
        `container = "${id}"\norigin = "repl://${id}.example.com:8444/"`,
      ].join('\n'),
    ),
  ].join('\n\n');
const TWO = ['idm-a', 'idm-b'];

function watching(toldBefore: readonly CertificateDue[] = []) {
  let passed = 0;
  let quiet = false;
  let slept = 0;
  const said: string[] = [];
  const told: string[] = [];
  let kept: readonly CertificateDue[] = [];
  const watcher = new FleetWatcher({
    now: () => ({ wall: 1_764_400_000_000 + slept + passed, monotonic: passed }),
    isQuiet: () => quiet,
    toldBefore: () => toldBefore,
    certificatesTold: (_, due) => (kept = due),
    tell: ({ title }) => told.push(title),
    changed: (words) => said.push(words),
  });
  const open = (id: string, servers: readonly string[] = TWO) =>
    watcher.sent({
      ...{ kind: 'open', id, name: 'watch' },
      question: { fleet: { path: '/home/ada/fleet.toml', text: fleetOf(servers) } },
    });
  return {
    ...{ watcher, told, open },
    last: () => said.at(-1),
    kept: () => kept,
    beQuiet: (is: boolean) => (quiet = is),
    sleep: (ms: number) => (slept += ms),
    pass: (ms: number) => {
      passed += ms;
      watcher.tick();
    },
    look: (report: StatusReport, times = 1, id = '1') => {
      for (let n = 0; n < times; n += 1) {
        passed += 10_000;
        watcher.received({ kind: 'items', id, items: [report] });
      }
    },
  };
}
const good = reportOf({ pulls: [['idm-b', 'idm-a', 'replicating']] });
const broken = reportOf({ pulls: [['idm-b', 'idm-a', 'broken']] });

describe('the watch of the window, seen from the app', () => {
  it('is said in words, and is not known any more once it is old or has ended', () => {
    const { open, look, last, pass, watcher } = watching();
    open('1');
    expect(last()).toBe('fleet.toml: nothing is known now');
    look(good);
    expect(last()).toBe('fleet.toml: all pulls replicate');
    look(broken);
    expect(last()).toBe('fleet.toml: 1 pull broken');
    pass(31_000);
    expect(last()).toBe('fleet.toml: nothing is known now');
    look(good);
    watcher.received({ kind: 'end', id: '1', fault: null });
    expect(last()).toBe('No fleet is watched.');
  });

  it('is not well while a server has not answered', () => {
    const { open, look, last } = watching();
    open('1', ['idm-a', 'idm-b', 'idm-c']);
    look(good);
    expect(last()).toBe('fleet.toml: 2 of 3 servers answered');
    look({ ...good, servers: [...good.servers, serverOf('idm-c')] });
    expect(last()).toBe('fleet.toml: all pulls replicate');
  });

  it('says that logins are broken until a report says otherwise, however often the watch begins again', () => {
    const { open, look, last, watcher } = watching();
    const logins = (state: 'good' | 'broken') => ({
      ...good,
      serves: servesOf(new Date(1_764_400_000_000).toISOString(), {}, state),
    });
    open('1');
    look(logins('broken'));
    expect(last()).toBe('fleet.toml: logins broken');
    watcher.received({ kind: 'end', id: '1', fault: null });
    open('2');
    look(good, 2, '2');
    expect(last()).toBe('fleet.toml: logins broken');
    look(logins('good'), 1, '2');
    look(good, 1, '2');
    expect(last()).toBe('fleet.toml: all pulls replicate');
    look(logins('broken'), 1, '2');
    open('3', ['idm-a']);
    look(reportOf({ servers: [serverOf('idm-a')] }), 1, '3');
    expect(last()).toBe('fleet.toml: no pulls');
  });

  it('is unknown from the moment the computer falls asleep until servers were read again', () => {
    const { open, look, last, watcher } = watching();
    open('1');
    look(good);
    watcher.suspend();
    expect(last()).toBe('fleet.toml: nothing is known now');
    // What was on its way.
    look(good);
    expect(last()).toBe('fleet.toml: nothing is known now');
    watcher.resume();
    expect(last()).toBe('fleet.toml: nothing is known now');
    look(good);
    expect(last()).toBe('fleet.toml: all pulls replicate');
  });

  it('tells a break once though an edit opens the watch again, and listens to no other stream', () => {
    const { open, look, told, watcher } = watching();
    open('1');
    look(good, 3);
    look(broken, 3);
    expect(told).toEqual(['idm-b ← idm-a does not work']);
    watcher.sent({ kind: 'cancel', id: '1' });
    open('2');
    look(broken, 10, '2');
    look(good, 20, '1');
    watcher.received({ kind: 'items', id: '2', items: ['nonsense'] });
    expect(told).toHaveLength(1);
    look(good, 20, '2');
    expect(told).toEqual(['idm-b ← idm-a does not work', 'idm-b ← idm-a works again']);
  });

  it('tells of a certificate once, also across starts', () => {
    const notAfter = new Date(1_764_400_000_000 + 5 * 86_400_000).toISOString();
    const certificate = { fingerprint: 'a', notBefore: '2020-01-01T00:00:00Z', notAfter, names: [] };
    const report = reportOf({ servers: [serverOf('idm-a', { certificate })] });
    const first = watching();
    first.open('1');
    first.look(report, 3);
    expect(first.told).toEqual(['idm-a: its replication certificate ends within 7 days']);
    const next = watching(first.kept());
    next.open('1');
    next.look(report, 3);
    expect(next.told).toEqual([]);
  });

  it('keeps a certificate as told only when it was told: quiet hours may outlast the app', () => {
    const notAfter = new Date(1_764_400_000_000 + 5 * 86_400_000).toISOString();
    const certificate = { fingerprint: 'a', notBefore: '2020-01-01T00:00:00Z', notAfter, names: [] };
    const report = reportOf({ servers: [serverOf('idm-a', { certificate })] });
    const { open, look, kept, told, pass, beQuiet } = watching();
    open('1');
    beQuiet(true);
    look(report, 3);
    expect([told, kept()]).toEqual([[], []]);
    beQuiet(false);
    pass(5_000);
    expect(told).toHaveLength(1);
    expect(kept().map(({ days }) => days)).toEqual([7]);
  });

  it('tells after quiet hours only of what was seen lately', () => {
    const { open, look, told, pass, beQuiet } = watching();
    open('1');
    beQuiet(true);
    look(broken, 3);
    pass(31_000);
    beQuiet(false);
    pass(5_000);
    expect(told).toEqual([]);
    look(broken);
    expect(told).toEqual(['idm-b ← idm-a does not work']);
  });

  it('believes nothing across a jump of the clock, nor sleeps on when nobody said that it woke up', () => {
    const { open, look, last, pass, sleep, watcher } = watching();
    open('1');
    look(good);
    // The clock of durations stood still.
    sleep(3_600_000);
    pass(1_000);
    expect(last()).toBe('fleet.toml: nothing is known now');
    look(good);
    watcher.suspend();
    sleep(3_600_000);
    // What was on its way.
    look(good);
    expect(last()).toBe('fleet.toml: nothing is known now');
    look(good);
    expect(last()).toBe('fleet.toml: all pulls replicate');
  });
});
