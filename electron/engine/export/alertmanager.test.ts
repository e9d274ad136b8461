import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CertificateDue } from '../../../shared/events/certificate-due';
import type { Subject } from '../../../shared/events/fleet-event';
import { Noticed } from '../../../shared/events/noticed';
import type { StatusReport } from '../../../shared/observed/status';
import { reportOf, ruvOf, serverOf } from '../../../test/support/status-reports';
import { VirtualClock } from '../../../test/support/virtual-clock';
import { Alertmanager, alertsOf, type Stands } from './alertmanager';
import { FleetMetrics } from './fleet-metrics';
import { type Posted, targetOf } from './post';

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly endsAt: string;
}

/** An Alertmanager in memory, and a watcher that tells it of reports. */
function telling() {
  const clock = new VirtualClock();
  const stop = new AbortController();
  const target = targetOf('http://127.0.0.1:1/');
  if (target === null) throw new Error('no target');
  const state: {
    answer: Posted;
    readonly said: string[];
    readonly firing: Map<string, number>;
    readonly summaries: Set<string>;
  } = {
    ...{ answer: { kind: 'sent' }, said: [], firing: new Map(), summaries: new Set() },
  };
  const alerts = new Alertmanager({
    ...{ fleet: 'Home', target: alertsOf(target), clock, signal: stop.signal, random: () => 0 },
    metrics: new FleetMetrics({ name: 'Home', servers: [], pulls: [] }, '1.0', clock),
    post: (_, body) => {
      if (state.answer.kind === 'sent')
        for (const { labels, annotations, endsAt } of JSON.parse(body) as Alert[]) {
          state.firing.set(JSON.stringify(labels), Date.parse(endsAt));
          state.summaries.add(annotations['summary'] ?? '');
        }
      return Promise.resolve(state.answer);
    },
    say: (text) => state.said.push(text),
  });
  const run = alerts.run();
  const noticed = new Noticed();
  return {
    state,
    /** Which alerts fire, by their names and servers. */
    firing: () =>
      [...state.firing]
        .filter(([, endsAt]) => endsAt > clock.now())
        .map(([labels]) => JSON.parse(labels) as Alert['labels'])
        .map((it) => `${it['alertname'] ?? ''} ${it['server'] ?? ''} ${it['use'] ?? ''}`.trim()),
    push: async (stands: Stands) => {
      alerts.look(stands);
      await clock.sleep(10_000, stop.signal);
    },
    look: async (report: StatusReport, times: number) => {
      for (let n = 0; n < times; n += 1) {
        noticed.look(report, { wall: clock.now(), monotonic: clock.monotonic() });
        alerts.look(noticed);
        await clock.sleep(10_000, stop.signal);
      }
    },
    end: async () => {
      stop.abort();
      await run;
    },
  };
}

const shows = (fingerprint: string, days: number): StatusReport => {
  const notAfter = new Date(Date.now() + days * 86_400_000).toISOString();
  const certificate = { fingerprint, notBefore: '2020-01-01T00:00:00Z', notAfter, names: [] };
  return reportOf({ servers: [serverOf('idm-a', { certificate })] });
};

it('every alert that is pushed stands in the guide', async () => {
  const guide = readFileSync(new URL('../../../docs/guide.md', import.meta.url), 'utf8');
  const { state, push, end } = telling();
  const pull = { consumer: 'idm-b', supplier: 'idm-a' } as const;
  const server = { server: 'idm-a' } as const;
  const subjects: readonly Subject[] = [
    ...([
      server,
      pull,
      { ...server, what: 'logins' },
      { ...pull, what: 'logins' },
      { ...server, what: 'database' },
    ] as const),
  ];
  const about = { format: 1, at: 1, since: 1, cause: '', fix: '' } as const;
  const standing = (['broke', 'lost'] as const).flatMap((kind) =>
    subjects.map((subject) => ({ subject, event: { ...about, kind, subject } })),
  );
  const due = [0, 7, 30].map((days): CertificateDue => ({
    ...{ format: 1, at: 1, kind: 'certificate-due', server: `idm-${days}`, use: 'https' },
    ...{ days, fingerprint: '', notAfter: '' },
  }));
  await push({ standing, due });
  const names = [...state.firing.keys()].map(
    (labels) => (JSON.parse(labels) as Alert['labels'])['alertname'],
  );
  expect(names).toHaveLength(12);
  expect(names.filter((name) => !guide.includes(`\`${name ?? ''}\``))).toEqual([]);
  await end();
});

describe('an Alertmanager', () => {
  it('that takes nothing is complained of once, and said to be well again once', async () => {
    const { state, look, end } = telling();
    state.answer = { kind: 'again', why: 'it answered 503' };
    await look(reportOf({ servers: [serverOf('idm-a', { state: 'stopped' })] }), 90);
    expect(state.said).toEqual([
      'kanilink: the Alertmanager at http://127.0.0.1:1 did not take alerts: it answered 503.',
    ]);
    state.answer = { kind: 'sent' };
    await look(reportOf({ servers: [serverOf('idm-a', { state: 'stopped' })] }), 30);
    expect(state.said).toHaveLength(2);
    expect(state.said[1]).toContain('takes alerts again');
    await end();
  });

  it('is told that a server stopped, and that it runs again', async () => {
    const { firing, look, end } = telling();
    await look(reportOf({ servers: [serverOf('idm-a')] }), 12);
    await look(reportOf({ servers: [serverOf('idm-a', { state: 'stopped' })] }), 6);
    expect(firing()).toEqual(['KanilinkServerBroken idm-a']);
    await look(reportOf({ servers: [serverOf('idm-a')] }), 30);
    expect(firing()).toEqual([]);
    await end();
  });

  it('is told that a server was restored to an older copy by a name of its own, and when that is over', async () => {
    const { state, firing, look, end } = telling();
    await look(reportOf({ ruv: ruvOf('read') }), 12);
    await look(reportOf({ ruv: ruvOf('went-back') }), 6);
    expect(firing()).toEqual(['KanilinkWentBack idm-b']);
    expect([...state.summaries]).toEqual(['idm-b was restored to an older copy of its database']);
    await look(reportOf({ ruv: ruvOf('read') }), 30);
    expect(firing()).toEqual([]);
    await look(reportOf({ ruv: ruvOf('unknown', { refreshed: true }) }), 30);
    expect(firing()).toEqual(['KanilinkWentBackUnproved idm-b']);
    await end();
  });

  it('hears no more of a certificate that was renewed, also while its server was away', async () => {
    const { firing, look, end } = telling();
    await look(shows('old', 5), 12);
    expect(firing()).toEqual(['KanilinkCertificateDue idm-a replication']);
    await look(reportOf({ servers: [serverOf('idm-a', { state: 'unreachable' })] }), 3);
    await look(shows('new', 300), 6);
    expect(firing()).not.toContain('KanilinkCertificateDue idm-a replication');
    await end();
  });
});
