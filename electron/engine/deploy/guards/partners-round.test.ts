import { afterEach, describe, expect, it } from 'vitest';
import { fakeDeployment, fakeServer, fakeSite } from '../../../../test/support/fake-deployment';
import { certificateOfTest, domainOfTest, observedOfTest } from '../../../../test/support/fleet-fixtures';
import { StepTrial } from '../../../../test/support/step-trial';
import type { LogEvidence } from '../../../../shared/kanidmd/evidence';
import type { Round } from '../../../../shared/kanidmd/health';
import type { Step } from '../../../../shared/plan/steps/step';
import type { Site } from '../deployment/deployment';
import { guardPartnersRound } from './partners-round';

const MICROSECONDS = 1000;
const STEP = { id: '1' } as Step;

/** What a log proves of a server with these rounds, one a second, the newest five seconds old; all with idm-b, and good. */
const pulled = (...rounds: readonly Partial<Round>[]): LogEvidence => {
  const now = Date.now() * MICROSECONDS;
  return {
    from: now - 60_000_000,
    to: now,
    startedAt: null,
    runningVersion: null,
    listening: true,
    rounds: rounds.map((more, index) => ({
      at: now - (4 + rounds.length - index) * 1_000_000,
      span: 'c76644f4-18b8-4fab-b038-d0415f4b5f1e',
      kind: 'incremental',
      supplierHost: 'idm-b.example.com',
      ports: [8444],
      took: 3,
      outcome: { kind: 'success' },
      lines: [],
      ...more,
    })),
    troubles: [],
  };
};
const good: Partial<Round> = {};
const bad: Partial<Round> = {
  outcome: {
    kind: 'trouble',
    trouble: { code: 'round-failed', health: 'unknown', cause: '', fix: '', evidence: '' },
  },
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
  const waited = guardPartnersRound(deployment, STEP, withB, null);
  stop.abort();
  await waited;
  return made.said;
}

const WAITS = ['Waiting until idm-a has pulled from idm-b again'];

describe('whose round is waited for after a restart', () => {
  it.each([
    ['that of a partner whose pull worked', [good], WAITS],
    ['that of one whose pull works again', [bad, good], WAITS],
    [
      'that of one that pulls from another, too',
      [good, { ...bad, supplierHost: 'idm-c.example.com' }],
      WAITS,
    ],
    ['not that of one whose last round failed', [good, bad], []],
    ['not that of one that only pulled from another', [{ supplierHost: 'idm-c.example.com' }], []],
    ['not that of one that only took the database', [good, { kind: 'refresh' }], []],
    ['not that of one that never pulled', [], []],
  ] satisfies [string, Partial<Round>[], string[]][])('%s', async (_what, rounds, said) => {
    expect(await saidAtRestartOfB({ log: pulled(...rounds) })).toEqual(said);
  });

  it('not that of a partner that pulled before the server lost its database', async () => {
    const other = { name: 'idm.example.com', uuid: domainOfTest('b'), level: null };
    expect(await saidAtRestartOfB({ log: pulled(good) }, { domain: other })).toEqual([]);
  });

  it.each([
    ['has no table for it any more', []],
    ['only lets it pull', ['idm-b allow-pull']],
    ['replicates no more', null],
  ])('not that of a partner that %s', async (_what, tables) => {
    const { config } = observedOfTest({ id: 'idm-a', domain: 'a', tables });
    expect(await saidAtRestartOfB({ log: pulled(good), config })).toEqual([]);
  });

  it('not that of a server of whose file or log nothing is known', async () => {
    expect(await saidAtRestartOfB({ log: null })).toEqual([]);
    await end();
    expect(await saidAtRestartOfB({ log: pulled(good), config: null })).toEqual([]);
  });
});

describe('the round that is waited for', () => {
  let trial: StepTrial;

  /** idm-b, from which idm-a and idm-c pull, was just restarted. */
  const restarted = async (): Promise<Site> => {
    trial = await StepTrial.of({
      'idm-a': { domain: 'a', tables: ['idm-b pull'] },
      'idm-b': { domain: 'a', tables: ['idm-a allow-pull', 'idm-c allow-pull'] },
      'idm-c': { domain: 'a', tables: ['idm-b pull'] },
    });
    ({ end } = trial);
    const site = trial.site('idm-b');
    trial.server('idm-b').stop();
    trial.deployment.restarted.set(site.server.id, trial.clock.now());
    trial.server('idm-b').start();
    return site;
  };
  const waitedFor = (): readonly string[] =>
    trial.said.map((it) => /until (\S+) has pulled/.exec(it)?.[1] ?? it);

  it('is one since the restart, of each partner', async () => {
    const site = await restarted();
    expect(await guardPartnersRound(trial.deployment, STEP, site, null)).toBeNull();
    expect(waitedFor()).toEqual(['idm-a', 'idm-c']);
  });

  it('that does not come is a fault of that partner, which says why', async () => {
    const site = await restarted();
    // idm-b shows another certificate since its restart than idm-c pins.
    trial.edit('idm-b', (text) => text.replace(certificateOfTest('idm-c'), certificateOfTest('idm-d')));
    trial.server('idm-b').stop();
    trial.server('idm-b').start();
    const fault = await guardPartnersRound(trial.deployment, STEP, site, null);
    expect(fault).toMatchObject({ code: 'partner-without-round', where: { server: 'idm-c' } });
    expect(fault?.message).toMatch(/before its restart and does not since: \S/);
    expect(fault?.fix).not.toBe('');
  });

  it('is waited for no longer once the deploy is cancelled', async () => {
    const site = await restarted();
    trial.server('idm-b').stop();
    trial.before(/idm-c logs/, () => trial.stop.abort(), 3);
    expect(await guardPartnersRound(trial.deployment, STEP, site, null)).toBeNull();
    expect(trial.deployment.signal.aborted).toBe(true);
  });

  it('is that of the partners whose table the new file leaves as it was', async () => {
    const site = await restarted();
    const { config } = observedOfTest({
      id: 'idm-b',
      domain: 'a',
      tables: ['idm-a allow-pull', 'idm-c mutual-pull', 'idm-d pull'],
    });
    expect(await guardPartnersRound(trial.deployment, STEP, site, config)).toBeNull();
    expect(waitedFor()).toEqual(['idm-a']);
  });

  it('is not that of a partner whose own file this deploy has changed: its step proves it', async () => {
    const site = await restarted();
    trial.knows('idm-c', { sha256: trial.site('idm-a').observed.file?.sha256 ?? null });
    expect(await guardPartnersRound(trial.deployment, STEP, site, site.observed.config)).toBeNull();
    expect(waitedFor()).toEqual(['idm-a']);
  });

  it('may come up to 20 s after the two poll intervals that prove a pull', async () => {
    const site = await restarted();
    trial.server('idm-b').stop();
    trial.clock.after(42_000, () => trial.server('idm-b').start());
    expect(await guardPartnersRound(trial.deployment, STEP, site, null)).toBeNull();
  });
});
