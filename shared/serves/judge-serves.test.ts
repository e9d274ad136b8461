import { describe, expect, it } from 'vitest';
import type { Fault } from '../base/result';
import { judgeLogins, reachesBy, waysOf, type Crossing, type Verdict } from './judge-logins';
import { judgeServes, type ServesLook } from './judge-serves';
import { stale, withoutDoubted, withoutEnded } from './still-believed';

const fault: Fault = { code: 'port-closed', message: 'Nothing answers.', fix: 'Look.', where: {} };
const certificate = {
  ...{ fingerprint: 'SHA256:x', notBefore: '2026-01-01T00:00:00Z', notAfter: '2027-01-01T00:00:00Z' },
  ...{ names: ['idm.example.com'], isOnDisk: true },
};
const well: ServesLook = {
  ...{ server: 'idm-a', at: '2026-11-29T08:00:00Z', name: 'idm.example.com', noWay: null },
  ...{ certificate, refused: null, status: { kind: 'answer', code: 200, asExpected: true } },
  login: { kind: 'session' },
};

describe('a server', () => {
  it.each<[string, Partial<ServesLook>, string]>([
    ['serves with every proof', {}, 'serves'],
    ['has no way to it', { noWay: fault }, 'unknown'],
    ['shows no certificate', { certificate: null }, 'unknown'],
    ['shows another certificate', { certificate: { ...certificate, isOnDisk: false } }, 'broken'],
    ['shows one that ended', { refused: 'it ended.' }, 'broken'],
    ['says nothing of its status', { status: { kind: 'none', fault } }, 'unknown'],
    ['was not asked for its status', { status: null }, 'unknown'],
    ['answers otherwise', { status: { kind: 'answer', code: 502, asExpected: false } }, 'broken'],
    ['redirects', { status: { kind: 'answer', code: 302, asExpected: false } }, 'broken'],
    ['fails a login', { login: { kind: 'failed', why: '500' } }, 'broken'],
    ['refuses anonymous', { login: { kind: 'refused', why: 'expired' } }, 'unknown'],
    ['does not answer a login', { login: { kind: 'no-answer', fault } }, 'unknown'],
    ['was asked for no login', { login: null }, 'unknown'],
  ])('%s', (_, more, state) => {
    const judged = judgeServes({ ...well, ...more });
    expect(judged.state).toBe(state);
    expect(judged.cause).not.toBe('');
  });
});

describe('the logins of a pull', () => {
  const pull = { consumer: 'idm-b', supplier: 'idm-a' };
  const BOTH = waysOf(pull, reachesBy([pull, { consumer: 'idm-a', supplier: 'idm-b' }]));
  const cross = (madeOn: string, shownTo: string, kind: 'good' | 'refused' | 'not-asked'): Crossing => ({
    ...{ madeOn, shownTo, at: well.at },
    verdict: (kind === 'not-asked' ? { kind, why: 'No.' } : { kind }) as Verdict,
  });
  const judge = (...crossings: readonly Crossing[]) => judgeLogins(pull, BOTH, crossings, [], well.at).state;

  it('are good only both ways, and broken by one refusal', () => {
    expect(judge(cross('idm-a', 'idm-b', 'good'), cross('idm-b', 'idm-a', 'good'))).toBe('good');
    expect(judge(cross('idm-a', 'idm-b', 'good'))).toBe('unknown');
    expect(judge()).toBe('unknown');
    expect(judge(cross('idm-a', 'idm-b', 'good'), cross('idm-b', 'idm-a', 'not-asked'))).toBe('unknown');
    expect(judge(cross('idm-a', 'idm-b', 'not-asked'), cross('idm-b', 'idm-a', 'refused'))).toBe('broken');
  });

  it('are good by the way of the changes alone where none of the consumer reaches the supplier', () => {
    const of = (...all: readonly (readonly [consumer: string, supplier: string])[]) => {
      const pulls = all.map(([consumer, supplier]) => ({ consumer, supplier }));
      const refused = [cross('idm-a', 'idm-b', 'good'), cross('idm-b', 'idm-a', 'refused')];
      return judgeLogins(pull, waysOf(pull, reachesBy(pulls)), refused, [], well.at);
    };
    const [there, back] = [
      ['idm-b', 'idm-a'],
      ['idm-a', 'idm-b'],
    ] as const;
    expect(of(there)).toMatchObject({
      state: 'good',
      cause: expect.stringContaining('need not be good on idm-a'),
    });
    expect(of(there, ['idm-c', 'idm-b']).state).toBe('good');
    expect(of(there, back).state).toBe('broken');
    expect(of(there, ['idm-c', 'idm-b'], ['idm-a', 'idm-c']).state).toBe('broken');
    const strange = [cross('idm-a', 'idm-b', 'refused')];
    expect(judgeLogins(pull, waysOf(pull, reachesBy([pull])), strange, [], well.at).state).toBe('broken');
  });

  it('are unknown when they are old, or an end stopped', () => {
    const servers = [judgeServes(well), judgeServes({ ...well, server: 'idm-b' })];
    const good = [cross('idm-a', 'idm-b', 'good'), cross('idm-b', 'idm-a', 'good')];
    const report = { servers, logins: [judgeLogins(pull, BOTH, good, servers, well.at)] };
    expect(stale(report).logins[0]?.state).toBe('unknown');
    expect(stale(report).servers.map(({ state }) => state)).toEqual(['unknown', 'unknown']);
    const stopped = withoutDoubted(report, (id) => (id === 'idm-b' ? 'idm-b is stopped.' : null));
    expect(stopped.servers.map(({ state }) => state)).toEqual(['serves', 'unknown']);
    expect(stopped.logins[0]).toMatchObject({ state: 'unknown', cause: 'idm-b is stopped.' });
    const end = Date.parse(well.certificate?.notAfter ?? '');
    expect(withoutEnded(report, end - 1).servers[0]?.state).toBe('serves');
    expect(withoutEnded(report, end).servers[0]?.state).toBe('unknown');
    // By this clock it had ended when the server, by its own, was found well.
    const later = { ...report, servers: [{ ...judgeServes(well), at: new Date(end).toISOString() }] };
    expect(withoutEnded(later, end + 172_800_000).servers[0]?.state).toBe('serves');
  });
});
