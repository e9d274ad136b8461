import { expect, describe, it } from 'vitest';
import { observedFleetOfTest } from '../../../../test/support/observed-fleet';
import { inOwnFolder } from '../../../../test/support/own-folder';
import { FLEET_OF_HEAD, minute, recordOfTest } from '../../../../test/support/past-deploy';
import { fault, value } from '../../../../test/support/results';
import { stepOfTest } from '../../../../test/support/steps-of-test';
import { type ServerId, stepId, trusted } from '../../../../shared/base/names';
import type { Job } from '../../../../shared/plan/model/job';
import { systemClock } from '../../base/time';
import type { Unread } from '../journal/glance';
import type { JournalEntry } from '../journal/journal-entry';
import type { DeployRecord } from '../journal/read-journal';
import { planJob } from './plan-job';

/* Which past deploy a resume and a rollback go on with, and what of it is still to be done. */

let configDir: string;
inOwnFolder('plan-job', (made) => (configDir = made));

const LINKED = [
  { id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull'] },
  { id: 'idm-b', domain: 'a', tables: ['idm-a mutual-pull'] },
];
/** The pulls at both ends of what is linked. */
const PROVED = ['verify idm-b', 'verify idm-a'];
const RESUME = { kind: 'resume' } as const;
const UNDO = { kind: 'rollback', deploy: null } as const;
const intent = (effect: 'write' | 'backup' | 'restart' | 'refresh', process = 'then'): JournalEntry => ({
  ...{ kind: 'intent', at: minute(1), step: stepId(1), server: trusted<ServerId>('idm-b'), effect, process },
});
const OTHER = { fleet: { path: '/home/other.toml', name: 'Other', sha256: '' } };
const runs = (deploy: string, head = {}) => recordOfTest(deploy, head, [], { state: 'running' });
const unread = (fleet: Unread['fleet'], over = false): Unread => ({
  ...{ deploy: 'unread', folder: '', format: 9, at: null, who: null, host: null, outcome: null, over, fleet },
});

const plan = (
  job: Job,
  deploys: readonly DeployRecord[],
  { unreadable = [] as readonly Unread[], seen = LINKED, reached = ['idm-a', 'idm-b'] } = {},
) => {
  const fleet = observedFleetOfTest(seen, ['idm-a > idm-b'], { path: FLEET_OF_HEAD.path, reached });
  return planJob(job, fleet, { deploys, unreadable }, { configDir, clock: systemClock });
};
const code = async (...args: Parameters<typeof plan>) => fault(await plan(...args)).code;
const planned = async (...args: Parameters<typeof plan>) => {
  const { of, partial, plan: made } = value(await plan(...args));
  return {
    of: of?.deploy,
    partial,
    steps: made.steps.map((step) => `${step.action} ${step.server}`),
  };
};

describe('a resume', () => {
  it('is of the newest interrupted deploy of this fleet, and of nobody else’s', async () => {
    expect(await planned(RESUME, [recordOfTest('3', OTHER), recordOfTest('2'), recordOfTest('1')])).toEqual({
      ...{ of: '2', partial: false, steps: [] },
    });
    expect(await code(RESUME, [recordOfTest('1', OTHER), runs('2', OTHER)])).toBe('nothing-interrupted');
    const over = recordOfTest('1', {}, [], { state: 'finished' });
    expect(await code(RESUME, [over])).toBe('nothing-interrupted');
  });

  it('waits for one that runs, unless another is to be gone on with', async () => {
    expect(await code(RESUME, [runs('2')])).toBe('deploy-running');
    expect(await planned(RESUME, [runs('2'), recordOfTest('1')])).toMatchObject({ of: '1' });
  });

  it('does not pass over a journal of this fleet that cannot be read', async () => {
    expect(await code(RESUME, [], { unreadable: [unread(FLEET_OF_HEAD)] })).toBe('journal-unreadable');
    expect(await code(RESUME, [], { unreadable: [unread(OTHER.fleet)] })).toBe('nothing-interrupted');
    expect(await code(RESUME, [], { unreadable: [unread(FLEET_OF_HEAD, true)] })).toBe('nothing-interrupted');
  });

  it('ties loose ends first, and plans the rest only then', async () => {
    const done = await planned(RESUME, [recordOfTest('1', {}, [intent('refresh')])]);
    expect(done).toEqual({ of: '1', partial: true, steps: ['restart idm-b'] });
  });

  it('counts what a rollback of it left, too', async () => {
    const undone = recordOfTest('2', { lock: '1', purpose: 'rollback' }, [intent('refresh')], {
      settledBy: '3',
    });
    expect(await planned(RESUME, [undone, recordOfTest('1')])).toMatchObject({ of: '1', partial: true });
  });

  it('finishes a restart that was asked for, and nothing else', async () => {
    const steps = [stepOfTest('restart')];
    const done = await planned(RESUME, [recordOfTest('1', { purpose: 'restart', steps }, [])]);
    expect(done).toEqual({ of: '1', partial: false, steps: ['restart idm-b', ...PROVED] });
  });

  it('proves the pulls again of whoever it was at work on, which a backup alone is not', async () => {
    const worked = (...effects: readonly JournalEntry[]) => planned(RESUME, [recordOfTest('1', {}, effects)]);
    expect(await worked(intent('restart'))).toMatchObject({ partial: false, steps: [...PROVED].reverse() });
    expect(await worked(intent('backup'))).toMatchObject({ steps: [] });
  });

  it('makes up for a comparison that it did not get to, where both can be reached', async () => {
    const past = [recordOfTest('1', { steps: [stepOfTest('compare')] })];
    expect(await planned(RESUME, past)).toMatchObject({ steps: ['compare idm-b'] });
    expect(await planned(RESUME, past, { reached: ['idm-a'] })).toMatchObject({ steps: [] });
    expect(await planned(RESUME, past, { reached: [] })).toMatchObject({ steps: [] });
  });

  it('refreshes again whom the operator wanted refreshed within one domain', async () => {
    const refresh = stepOfTest('refresh', { asked: true });
    const { steps } = await planned(RESUME, [recordOfTest('1', { purpose: 'refresh', steps: [refresh] })]);
    expect(steps).toContain('refresh idm-b');
    expect(steps.indexOf('backup idm-b')).toBeLessThan(steps.indexOf('refresh idm-b'));
  });
});

describe('a rollback', () => {
  const failed = (deploy: string, more: Partial<DeployRecord> = {}) =>
    recordOfTest(deploy, {}, [intent('write')], { state: 'finished', outcome: 'failed', ...more });

  it('that names none is of the interrupted one, else of the newest that ended badly', async () => {
    expect(await planned(UNDO, [failed('3'), recordOfTest('2')])).toMatchObject({ of: '2', partial: false });
    expect(await planned(UNDO, [failed('3', { outcome: 'done' }), failed('2'), failed('1')])).toMatchObject({
      of: '2',
    });
    expect(await code(UNDO, [failed('1', { outcome: 'done' })])).toBe('nothing-to-undo');
  });

  it('that names none is of nothing older while one runs, unless one is interrupted', async () => {
    expect(await code(UNDO, [runs('2'), failed('1')])).toBe('deploy-running');
    expect(await planned(UNDO, [runs('3'), recordOfTest('2'), failed('1')])).toMatchObject({ of: '2' });
  });

  it('that names one is of that one and no other, whatever runs beside it', async () => {
    const past = [runs('4'), failed('3'), failed('2'), failed('1')];
    expect(await planned({ kind: 'rollback', deploy: '2' }, past)).toMatchObject({ of: '2' });
    expect(await code({ kind: 'rollback', deploy: '9' }, past)).toBe('no-such-deploy');
    const theirs = recordOfTest('5', OTHER, [intent('write')]);
    expect(await code({ kind: 'rollback', deploy: '5' }, [theirs, ...past])).toBe('no-such-deploy');
    expect(await code({ kind: 'rollback', deploy: '4' }, past)).toBe('deploy-running');
  });

  it('that names one whose journal cannot be read says so; another that cannot be read is not meant', async () => {
    const unreadable = [unread(FLEET_OF_HEAD, true)];
    expect(await code({ kind: 'rollback', deploy: 'unread' }, [], { unreadable })).toBe('journal-unreadable');
    expect(await code({ kind: 'rollback', deploy: '1' }, [], { unreadable })).toBe('no-such-deploy');
  });

  it('is refused where there is nothing to put back', async () => {
    const wroteNothing = recordOfTest('1', {}, [], { state: 'finished', outcome: 'failed' });
    expect(await code({ kind: 'rollback', deploy: '1' }, [wroteNothing])).toBe('nothing-to-undo');
  });
});
