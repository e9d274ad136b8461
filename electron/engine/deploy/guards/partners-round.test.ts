import { afterEach, describe, expect, it } from 'vitest';
import { fakeDeployment, fakeServer, fakeSite } from '../../../../test/support/fake-deployment';
import { domainOfTest } from '../../../../test/support/fleet-fixtures';
import type { LogEvidence } from '../../../../shared/kanidmd/evidence';
import type { Step } from '../../../../shared/plan/steps/step';
import type { Site } from '../deployment/deployment';
import { guardPartnersRound } from './partners-round';

const MICROSECONDS = 1000;

/** What a log proves of a server whose last round with idm-b succeeded, and of what it said since. */
const pulledFromB = (troubles: LogEvidence['troubles'] = []): LogEvidence => {
  const now = Date.now() * MICROSECONDS;
  return {
    from: now - 60_000_000,
    to: now,
    startedAt: null,
    runningVersion: null,
    listening: true,
    rounds: [
      {
        at: now - 5_000_000,
        span: 'c76644f4-18b8-4fab-b038-d0415f4b5f1e',
        kind: 'incremental',
        supplierHost: 'idm-b.example.com',
        ports: [8444],
        took: 3,
        outcome: { kind: 'success' },
        lines: [],
      },
    ],
    troubles,
  };
};

let end = () => Promise.resolve();
afterEach(() => end());

/** The restart of idm-b, with idm-a pulling from it; ended at once where it waits. @returns what was said meanwhile. */
async function saidAtRestartOfB(a: Partial<Site['observed']>, b: Partial<Site['observed']> = {}) {
  const [siteA, siteB] = await Promise.all([
    fakeSite(fakeServer('idm-a', ['idm-b mutual-pull'])),
    fakeSite(fakeServer('idm-b', ['idm-a mutual-pull'])),
  ]);
  const withA: Site = { ...siteA, observed: { ...siteA.observed, ...a } };
  const withB: Site = { ...siteB, observed: { ...siteB.observed, ...b } };
  const made = await fakeDeployment([withA, withB]);
  end = made.end;
  const stop = new AbortController();
  const deployment = { ...made.deployment, signal: stop.signal };
  const waited = guardPartnersRound(deployment, { id: '1' } as Step, withB, null);
  stop.abort();
  await waited;
  return made.said;
}

describe('whose round is waited for after a restart', () => {
  it('that of a partner whose pull worked', async () => {
    expect(await saidAtRestartOfB({ log: pulledFromB() })).toEqual([
      'Waiting until idm-a has pulled from idm-b again',
    ]);
  });

  it('not that of a partner that pulled before the server lost its database', async () => {
    const other = { name: 'idm.example.com', uuid: domainOfTest('b'), level: null };
    expect(await saidAtRestartOfB({ log: pulledFromB() }, { domain: other })).toEqual([]);
  });
});
