import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  domainOfTest,
  noCertificateOfTest,
  observedOfTest,
  type SeenServer,
} from '../../../../test/support/fleet-fixtures';
import { observedFleetOfTest } from '../../../../test/support/observed-fleet';
import { inOwnFolder } from '../../../../test/support/own-folder';
import { FLEET_OF_HEAD, minute, recordOfTest } from '../../../../test/support/past-deploy';
import { fault, value } from '../../../../test/support/results';
import { planOfTest, stepOfTest } from '../../../../test/support/steps-of-test';
import type { Comparison } from '../../../../shared/compare/comparison';
import { type ServerId, stepId, trusted } from '../../../../shared/base/names';
import type { Job } from '../../../../shared/plan/model/job';
import { systemClock } from '../../base/time';
import { keepComparison } from '../../compare/kept-comparisons';
import type { DeployRecord } from '../journal/read-journal';
import { planJob } from './plan-job';
import { withReadings } from './with-readings';

/* Jobs that name a server or a file, and what a plan takes over from past deploys and from what was read. */

let configDir: string;
inOwnFolder('plan-named', (made) => (configDir = made));

const [A, B] = [trusted<ServerId>('idm-a'), trusted<ServerId>('idm-b')];
const LINKED: readonly SeenServer[] = [
  { id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull'] },
  { id: 'idm-b', domain: 'a', tables: ['idm-a mutual-pull'] },
];
const NOT_TOLD = { problems: [noProblem('of-the-fleet-file')] };
function noProblem(code: string, server: ServerId | null = null) {
  return { severity: 'warning' as const, server, ...noCertificateOfTest('idm-a'), code };
}

async function plan(
  job: Job,
  { seen = LINKED, links = ['idm-a > idm-b'], past = [] as readonly DeployRecord[] } = {},
) {
  const more = { path: FLEET_OF_HEAD.path, fleet: { domainUuid: domainOfTest('a') }, ...NOT_TOLD };
  const fleet = observedFleetOfTest(seen, links, more);
  return planJob(job, fleet, { deploys: past, unreadable: [] }, { configDir, clock: systemClock });
}
const planned = async (...args: Parameters<typeof plan>) => {
  const { of, partial, plan: made } = value(await plan(...args));
  expect([of, partial]).toEqual([null, false]);
  // What reading the fleet file found is told with every plan.
  expect(made.problems[0]?.code).toBe('of-the-fleet-file');
  return { ...made, steps: made.steps.map((step) => `${step.action} ${step.server}`) };
};
const code = async (...args: Parameters<typeof plan>) => fault(await plan(...args)).code;

describe('a job about one server', () => {
  it.each(['renew', 'start', 'restart'] as const)('%s needs one that is in the fleet', async (kind) => {
    for (const server of ['idm-c', 'idm b', ''])
      expect(await code({ kind, server }), server).toBe('no-such-server');
  });

  it('is about that server', async () => {
    for (const server of ['idm-a', 'idm-b']) {
      expect((await planned({ kind: 'renew', server })).steps[0]).toBe(`renew-certificate ${server}`);
      expect((await planned({ kind: 'restart', server })).steps[0]).toBe(`restart ${server}`);
    }
    const down = LINKED.map((it) => (it.id === 'idm-b' ? { ...it, state: 'stopped' as const } : it));
    const { steps } = await planned({ kind: 'start', server: 'idm-b' }, { seen: down });
    expect(steps.filter((it) => it.startsWith('start'))).toEqual(['start idm-b']);
  });
});

describe('a refresh that is asked for', () => {
  it('is of whom the person names, and of no other', async () => {
    const { steps } = await planned({ kind: 'refresh', servers: ['idm-b'] });
    expect(steps.filter((it) => it.startsWith('refresh'))).toEqual(['refresh idm-b']);
  });

  it('with a name that is none is refused as a whole', async () => {
    expect(await code({ kind: 'refresh', servers: ['idm-b', 'idm b'] })).toBe('no-such-server');
  });
});

describe('an earlier file that is put back', () => {
  const FILE = 'step-1.idm-b.before.toml';
  const earlier = `# earlier\n${observedOfTest({ id: 'idm-b', domain: 'a', tables: ['idm-a mutual-pull'] }).file?.text ?? ''}`;
  const kept = async (text: string, file = FILE): Promise<readonly DeployRecord[]> => {
    const folder = join(configDir, 'deploys', '1');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, file), text);
    return [recordOfTest('1', {}, [], { folder, state: 'finished' })];
  };
  const job = (deploy = '1', file = FILE) => ({ kind: 'put-back', deploy, file }) as const;

  it('is the one that deploy kept, byte for byte, on the server it was of', async () => {
    const made = value(await plan(job(), { past: await kept(earlier) })).plan;
    expect(made.steps[0]).toMatchObject({ action: 'put-back', server: 'idm-b', text: earlier });
    expect(made.steps.filter(({ action }) => action === 'put-back')).toHaveLength(1);
    expect(made.blocked).toBe(false);
    await planned(job(), { past: await kept(earlier) });
  });

  it.each([
    ['of a deploy nobody knows', job('2')],
    ['that was not kept', job('1', 'step-2.idm-b.before.toml')],
    ['that is no server’s', job('1', 'fleet.toml')],
    ['that lies elsewhere', job('1', `../1/${FILE}`)],
  ])('%s is refused', async (_what, asked) => {
    const past = await kept(earlier);
    await kept(earlier, 'fleet.toml');
    expect(await code(asked, { past })).toBe('no-such-deploy');
  });

  it('of another fleet’s deploy is refused', async () => {
    const [of] = await kept(earlier);
    if (of === undefined) throw new Error('it was kept');
    const header = { ...of.header, fleet: { path: '/home/other.toml', name: 'Home', sha256: '' } };
    expect(await code(job(), { past: [{ ...of, header }] })).toBe('no-such-deploy');
  });

  it('is put on no server that left the fleet or cannot be read', async () => {
    for (const seen of [LINKED.slice(0, 1), LINKED.map((it) => ({ ...it, state: 'unreachable' as const }))]) {
      const links: string[] = [];
      const made = await planned(job(), { seen, links, past: await kept(earlier) });
      expect(made).toMatchObject({ steps: [], blocked: true });
      expect(made.problems[1]).toMatchObject({ severity: 'error', code: 'server-not-read', server: 'idm-b' });
    }
  });

  it('that is no server.toml is not put back, and the plan cannot run', async () => {
    const made = await planned(job(), { past: await kept('version = ') });
    expect(made).toMatchObject({ steps: [], blocked: true });
    expect(made.problems.some(({ severity }) => severity === 'error')).toBe(true);
  });
});

describe('who was refreshed and never compared since', () => {
  const APPLY = { kind: 'apply' } as const;
  const past = [
    recordOfTest(
      '1',
      { steps: [stepOfTest('refresh')] },
      [
        { kind: 'begin', step: stepId(1), at: minute(1) },
        { kind: 'intent', step: stepId(1), server: B, effect: 'refresh', at: minute(1) },
      ],
      { state: 'finished', outcome: 'failed' },
    ),
  ];

  it('is compared by the next deploy, whichever way the two are linked', async () => {
    for (const links of [['idm-a > idm-b'], ['idm-b > idm-a']])
      expect((await planned(APPLY, { past, links })).steps).toEqual(['compare idm-b']);
    expect((await planned(APPLY)).steps).toEqual([]);
  });

  it('is not where they are no longer linked, or not known to be in one domain', async () => {
    const compares = async (more: Parameters<typeof plan>[1]) =>
      (await planned(APPLY, { past, ...more })).steps.filter((it) => it.startsWith('compare'));
    expect(await compares({ links: [] })).toEqual([]);
    for (const down of [['idm-a'], ['idm-b'], ['idm-a', 'idm-b']]) {
      const seen = LINKED.map((it) => (down.includes(it.id) ? { ...it, state: 'stopped' as const } : it));
      expect(await compares({ seen }), String(down)).toEqual([]);
    }
  });

  it('is not once they were compared by somebody else', async () => {
    const found: Comparison = {
      ...{ servers: [A, B], at: minute(5), result: 'same', domain: domainOfTest('a'), entries: 9 },
      ...{ differing: [], differences: 0, travelling: 0, own: [], cause: '', fix: '', fault: null },
    };
    await keepComparison(configDir, found);
    expect((await planned(APPLY, { past })).steps).toEqual([]);
  });
});

it('a plan names what was not read, and tells nothing of a server that has not answered yet', () => {
  const [a, b] = LINKED.map((it) => observedOfTest(it));
  if (a === undefined || b === undefined) throw new Error('both are there');
  const broken = { ...b, config: null };
  const refused = { ...b, facts: null, config: null, faults: [noCertificateOfTest('idm-b')] };
  const awaited = { ...b, facts: null, config: null };
  const problems = [noProblem('of-none'), noProblem('of-a', A), noProblem('of-b', B)];
  const told = (other: typeof b) => {
    const made = withReadings(planOfTest([], { problems }), [a, other]);
    return [made.problems.map((it) => it.code), made.notRead];
  };
  expect(told(b)).toEqual([['of-none', 'of-a', 'of-b'], []]);
  expect(told(broken)).toEqual([['of-none', 'of-a', 'of-b'], ['idm-b']]);
  expect(told(refused)).toEqual([['of-none', 'of-a', 'of-b'], ['idm-b']]);
  expect(told(awaited)).toEqual([['of-none', 'of-a'], ['idm-b']]);
});

it('a plan is not held back by a server that has not answered yet, and still is by one that has', () => {
  const [a, b] = LINKED.map((it) => observedOfTest(it));
  if (a === undefined || b === undefined) throw new Error('both are there');
  const error = { ...noProblem('stopped', B), severity: 'error' as const };
  const blocked = (other: typeof b) =>
    withReadings(planOfTest([], { problems: [error] }), [a, other]).blocked;
  expect(blocked(b)).toBe(true);
  expect(blocked({ ...b, facts: null, config: null })).toBe(false);
});
