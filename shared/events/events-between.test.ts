import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../base/problem';
import { pullOf, reportOf, serverOf } from '../../test/support/status-reports';
import { CertificatesDue, certificatesOf, dueStage } from './certificates-due';
import { eventsBetween } from './events-between';
import { fleetEvent } from './fleet-event';

const AT = 1_764_400_000_000;
const kinds = (...reports: Parameters<typeof reportOf>[0][]) => {
  const [before, after] = reports.map(reportOf);
  return eventsBetween(before ?? null, after ?? reportOf({}), AT).map((it) => it.kind);
};
const certificate = (fingerprint: string) => ({
  ...{ fingerprint, notBefore: '2026-01-01T00:00:00Z', notAfter: '2030-01-01T00:00:00Z', names: [] },
});
const only = (more: Parameters<typeof serverOf>[1]) => ({ servers: [serverOf('idm-a', more)] });
const problem = (message: string): Problem => ({
  ...{ severity: 'error', code: 'some-rule', server: 'idm-a', message, fix: 'Do it.', where: {} },
});

describe('what happened between two readings', () => {
  it('is everything that is there, of the first', () => {
    const events = eventsBetween(null, reportOf({ pulls: [['idm-b', 'idm-a', 'waiting']] }), AT);
    expect(events.map(({ kind }) => kind)).toEqual(['server-state', 'server-state', 'pull-health']);
    expect(events.every((it) => 'from' in it && it.from === null)).toBe(true);
  });

  it('is nothing between equal readings', () => {
    const report = reportOf({ pulls: [['idm-b', 'idm-a', 'broken']], problems: [problem('x')] });
    expect(eventsBetween(report, report, AT)).toEqual([]);
  });

  it('tells states, restarts, versions and certificates of servers', () => {
    const run = { state: 'running', startedAt: 5 } as const;
    expect(kinds(only(run), only({ state: 'stopped' }))).toEqual(['server-state']);
    expect(kinds(only(run), only({ ...run, startedAt: 6 }))).toEqual(['server-restarted']);
    expect(kinds(only({ startedAt: null }), only(run))).toEqual([]);
    expect(kinds(only({ version: '1.9.0' }), only({ version: '1.10.0' }))).toEqual(['server-version']);
    expect(kinds(only({ certificate: certificate('a') }), only({ certificate: certificate('b') }))).toEqual([
      'certificate-changed',
    ]);
  });

  it('tells why a server cannot be reached, in the words of its problem', () => {
    const [event] = eventsBetween(
      reportOf(only({})),
      { ...reportOf(only({ state: 'unreachable' })), problems: [problem('Refused.')] },
      AT,
    );
    expect(event).toMatchObject({ from: 'running', to: 'unreachable', cause: 'Refused.', fix: 'Do it.' });
  });

  it('tells health with cause and proof, refreshes, and a pull that is gone', () => {
    const proof = [{ server: 'idm-b', span: 'u', at: 1 }];
    const before = reportOf({ pulls: [['idm-b', 'idm-a', 'replicating']] });
    const broken = pullOf('idm-b', 'idm-a', 'broken', { cause: 'Pinned.', proof });
    expect(eventsBetween(before, reportOf({ pulls: [broken] }), AT)).toEqual([
      expect.objectContaining({
        kind: 'pull-health',
        from: 'replicating',
        to: 'broken',
        cause: 'Pinned.',
        proof,
        drawn: true,
      }),
    ]);
    const refreshed = pullOf('idm-b', 'idm-a', 'replicating', { lastRefresh: '2026-11-29T08:00:00.000Z' });
    expect(eventsBetween(before, reportOf({ pulls: [refreshed] }), AT).map((it) => it.kind)).toEqual([
      'pull-refreshed',
    ]);
    expect(eventsBetween(before, reportOf({}), AT).map((it) => it.kind)).toEqual(['pull-gone']);
    // A server that has not answered yet says nothing of its pulls.
    expect(eventsBetween(before, reportOf({ servers: [serverOf('idm-a')] }), AT)).toEqual([]);
  });

  it('tells a problem once, however its words change', () => {
    expect(kinds({ problems: [] }, { problems: [problem('3 days')] })).toEqual(['problem-came']);
    expect(kinds({ problems: [problem('3 days')] }, { problems: [problem('2 days')] })).toEqual([]);
    expect(kinds({ problems: [problem('3 days')] }, { problems: [] })).toEqual(['problem-went']);
  });

  it('has the form that is streamed, whatever the reports hold', () => {
    const state = fc.constantFrom('running', 'stopped', 'unreachable');
    const health = fc.constantFrom('replicating', 'waiting', 'needs-refresh', 'broken', 'paused', 'unknown');
    const report = fc
      .record({
        a: state,
        b: state,
        health,
        cause: fc.string(),
        problems: fc.array(fc.string(), { maxLength: 2 }),
      })
      .map(({ a, b, health, cause, problems }) =>
        reportOf({
          servers: [serverOf('idm-a', { state: a }), serverOf('idm-b', { state: b })],
          pulls: [pullOf('idm-b', 'idm-a', health, { cause })],
          problems: problems.map(problem),
        }),
      );
    fc.assert(
      fc.property(report, report, (before, after) => {
        for (const event of eventsBetween(before, after, AT))
          expect(fleetEvent.safeParse(event).success).toBe(true);
      }),
    );
  });
});

describe('certificates that end soon', () => {
  const DAY = 86_400_000;
  const shown = (fingerprint: string, days: number) => [
    {
      server: 'idm-a',
      use: 'replication' as const,
      fingerprint,
      notAfter: new Date(AT + days * DAY).toISOString(),
    },
  ];

  it('are told of at 30, 7 and 1 days and at their end, each once', () => {
    const due = new CertificatesDue();
    const told = Array.from({ length: 45 * 4 }, (_, quarter) =>
      due
        .look(shown('a', 40), AT + (quarter * DAY) / 4)
        .map((it) => (it.kind === 'certificate-due' ? it.days : null)),
    ).flat();
    expect(told).toEqual([30, 7, 1, 0]);
  });

  it('are told of anew once they are others, and not when the clock is set back', () => {
    const due = new CertificatesDue();
    expect(due.look(shown('a', 5), AT)).toHaveLength(1);
    expect(due.look(shown('a', 5), AT - DAY)).toHaveLength(0);
    expect(due.look(shown('b', 300), AT)).toHaveLength(0);
    expect(due.look(shown('c', 5), AT)).toHaveLength(1);
  });

  it('are those that servers show', () => {
    const shows = certificatesOf(reportOf(only({ certificate: certificate('a') })));
    expect(shows).toEqual([
      { server: 'idm-a', use: 'replication', fingerprint: 'a', notAfter: '2030-01-01T00:00:00Z' },
    ]);
    expect(certificatesOf(reportOf({}))).toEqual([]);
  });

  it('count as ended when their end cannot be read', () => expect(dueStage('soon', AT)).toBe(0));
});
