import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeFleet } from '../../../test/support/fake-fleet';
import { domainAs } from '../../../test/support/fake-replication';
import { id, StepTrial } from '../../../test/support/step-trial';
import type { Prober } from '../fleet/observe-fleet';
import { sizeOf, summarise } from './summarise';

const fleet = fakeFleet({ 'idm-a': [], 'idm-b': [] }).text;
const call = { signal: new AbortController().signal, timeoutMs: 20_000 };

describe('what a server’s database holds', () => {
  let trial: StepTrial;
  let probed: string[] = [];
  const prober: Prober = {
    observe: (server) => {
      probed.push(server.id);
      const site = trial.deployment.sites.get(server.id);
      if (!site) throw new Error('no such server');
      return Promise.resolve({ observed: site.observed, site });
    },
  };
  const engine = () => ({ prober, clock: trial.clock, configDir: trial.deployment.configDir });

  beforeEach(async () => {
    trial = await StepTrial.of({
      'idm-a': { domain: 'a', tables: [] },
      'idm-b': { domain: 'b', tables: [] },
    });
    probed = [];
  });
  afterEach(() => trial.end());

  it('is told in numbers, and nothing of the backup stays on the server or here', async () => {
    const told = await summarise(fleet, 'idm-b', engine(), call);
    // A fresh one of the practice kanidmd: all it holds is Kanidm's own.
    expect(told).toMatchObject({
      ok: true,
      value: { domain: domainAs('b').uuid, people: 0, serviceAccounts: 0, groups: 0, changedAt: null },
    });
    expect(trial.server('idm-b').files.list('/var/lib/kanidm')).toEqual(['kanidm.db']);
    const notes = join(trial.deployment.configDir, 'scratch');
    expect(existsSync(notes) ? readdirSync(notes) : []).toEqual([]);
  });

  it.each([
    ['its log cannot be read', { log: null }, {}],
    ['when it started is not known', {}, { startedAt: null }],
    ['does not reach back to its start', {}, {}],
  ])('is not read while nobody knows which version runs, and says why: %s', async (why, more, facts) => {
    const site = trial.deployment.sites.get(id('idm-b'));
    if (!site?.observed.facts) throw new Error('it was probed');
    const known = { ...site.observed.facts, startedAt: 1, runningVersion: null, ...facts };
    const unknown = { ...site.observed, ...more, facts: known };
    const seen: Prober = {
      observe: () => Promise.resolve({ observed: unknown, site: { ...site, observed: unknown } }),
    };
    const told = await summarise(fleet, 'idm-b', { ...engine(), prober: seen }, call);
    // A program of another version would bring the database to its own form.
    expect(told).toMatchObject({ ok: false, error: { code: 'version-unknown', where: { server: 'idm-b' } } });
    if (!told.ok) expect(told.error.message).toContain(why);
    if (!told.ok && 'log' in more) expect(told.error.fix).not.toMatch(/^Restart/);
    expect(trial.server('idm-b').asked.filter((it) => it.includes('backup'))).toEqual([]);
  });

  it('asks that server and no other', async () => {
    await summarise(fleet, 'idm-b', engine(), call);
    await sizeOf(fleet, 'idm-b', prober, call);
    expect(new Set(probed)).toEqual(new Set(['idm-b']));
    expect(trial.server('idm-a').asked).toEqual([]);
  });

  it('leaves nothing behind where the backup cannot be read either', async () => {
    trial.replication.backupOf = () => new TextEncoder().encode('nonsense');
    const told = await summarise(fleet, 'idm-b', engine(), call);
    expect(told).toMatchObject({
      ok: false,
      error: { code: 'backup-unreadable', where: { server: 'idm-b' } },
    });
    expect(trial.server('idm-b').files.list('/var/lib/kanidm')).toEqual(['kanidm.db']);
  });

  it('is as large as the file, which is asked for without a backup', async () => {
    expect(await sizeOf(fleet, 'idm-b', prober, call)).toMatchObject({
      ok: true,
      value: { bytes: expect.any(Number) as number },
    });
    expect(trial.server('idm-b').asked.filter((it) => it.includes('backup'))).toEqual([]);
  });

  it('is not known of a server that is not in the fleet', async () => {
    const told = await summarise(fleet, id('idm-c'), engine(), call);
    expect(told.ok).toBe(false);
  });
});
