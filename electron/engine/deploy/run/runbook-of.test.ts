import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeDeploys } from '../../../../test/support/fake-deploys';
import { fault, value } from '../../../../test/support/results';
import type { Job } from '../../../../shared/plan/model/job';
import { uncancelled } from '../../base/time';

/* A runbook is of the plan that was reviewed, and its paths hold wherever it is followed. */

let fleet: FakeDeploys;
beforeEach(async () => {
  fleet = await FakeDeploys.of(
    {
      'idm-a': { domain: 'a', tables: ['idm-b mutual-pull'] },
      'idm-b': { domain: 'a', tables: ['idm-a mutual-pull'] },
    },
    [['idm-a', 'idm-b']],
  );
});
afterEach(() => fleet.close());

const runbook = (job?: Job, fingerprint: string | null = null, text = fleet.text) =>
  fleet.engine.runbook(text, { ...uncancelled(600_000), fingerprint, ...(job ? { job } : {}) });
const RESTART: Job = { kind: 'restart', server: 'idm-b' };

it('is of the job that was asked for, else of what the fleet file says', async () => {
  expect(value(await runbook(RESTART))).toContain('restart idm_b ');
  // Nothing is left of that.
  expect(fault(await runbook())).toMatchObject({ code: 'nothing-to-do' });
});

it('is of the plan that was reviewed, and of no other', async () => {
  const { fingerprint } = await fleet.plan(RESTART);
  expect(value(await runbook(RESTART, fingerprint))).toContain(fingerprint.slice(0, 16));
  expect(fault(await runbook({ kind: 'restart', server: 'idm-a' }, fingerprint)).code).toBe('plan-changed');
});

it('is not made of a fleet file that cannot be used, nor of a job that cannot be planned', async () => {
  const broken = { ...fleet.text, text: 'version = ' };
  expect((await runbook(RESTART, null, broken)).ok).toBe(false);
  expect(fault(await runbook({ kind: 'restart', server: 'idm-z' })).code).toBe('no-such-server');
});

it('names files whole: a path beside the fleet file holds in any folder', async () => {
  const text = fleet.text.text.replace('endpoint =', 'identity = "keys/one"\nendpoint =');
  const made = value(await runbook(RESTART, null, { ...fleet.text, text }));
  expect(made).toMatch(/\/keys\/one/);
  expect(made).not.toMatch(/[^/]keys\/one/);
});
