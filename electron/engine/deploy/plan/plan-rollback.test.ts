import { describe, expect, it } from 'vitest';
import { fleetOfTest, observedOfTest, type SeenServer } from '../../../../test/support/fleet-fixtures';
import { stepOfTest } from '../../../../test/support/steps-of-test';
import type { ObservedServer } from '../../../../shared/observed/observed';
import type { ObservedFleet } from '../../fleet/observe-fleet';
import type { ServerActivity } from '../journal/chain';
import type { DeployRecord } from '../journal/read-journal';
import { planRollback } from './plan-rollback';

/* Files go back only over files that the deploy wrote, and whoever it was at work on runs with the file that is there. */

const a: SeenServer = { id: 'idm-a', domain: 'a', tables: [] };
const b: SeenServer = { id: 'idm-b', domain: 'a', tables: [] };
const SHA = observedOfTest(a).file?.sha256 ?? '';
/** The deploy wrote the file that is there now, in place of another. */
const touched = (server: string, more: Partial<ServerActivity> = {}): ServerActivity =>
  ({
    ...{ server, intents: [], original: earlier(server), written: new Set([SHA]) },
    ...{ unread: null, brought: null, queued: null, order: 1 },
    ...more,
  }) as ServerActivity;
const earlier = (server: string): string =>
  `# earlier\n${observedOfTest({ ...a, id: server }).file?.text ?? ''}`;
const intent = {
  kind: 'intent',
  step: '1',
  server: 'idm-a',
  effect: 'refresh',
  at: '',
} as unknown as ServerActivity['queued'];

function rollback(
  what: readonly ServerActivity[],
  seen: readonly ObservedServer[],
  record: Record<string, unknown> = {},
) {
  const of = {
    ...{ deploy: '1', outcome: 'failed', entries: [], header: { steps: [], purpose: 'deploy' } },
    ...record,
  } as unknown as DeployRecord;
  const fleet = { fleet: fleetOfTest(['idm-a', 'idm-b'], []), observed: seen } as unknown as ObservedFleet;
  const plan = planRollback(fleet, of, [of], what);
  return {
    steps: plan.steps.map((step) => `${step.action} ${step.server}`),
    codes: plan.problems.map((it) => `${it.code} ${it.server ?? ''}`.trim()),
    plan,
  };
}
const both = [observedOfTest(a), observedOfTest(b)];

describe('a rollback', () => {
  it('puts back what was there, of the server that was written last first', () => {
    const { steps, codes, plan } = rollback(
      [touched('idm-a', { order: 1 }), touched('idm-b', { order: 2 })],
      both,
    );
    expect([steps, codes]).toEqual([['put-back idm-b', 'put-back idm-a'], []]);
    expect(plan.steps[1]).toMatchObject({ text: earlier('idm-a') });
  });

  it('leaves a file that somebody else has changed since, and says so', () => {
    const changed = touched('idm-a', { written: new Set() });
    const { steps, codes, plan } = rollback([changed, touched('idm-b')], both);
    expect([steps, codes, plan.blocked]).toEqual([['put-back idm-b'], ['file-changed idm-a'], false]);
    // Nothing but that: there is nothing to agree to.
    expect(rollback([changed], both).plan).toMatchObject({ steps: [], blocked: true });
  });

  it('leaves a file that is as it was, or was never written', () => {
    const original = observedOfTest(a).file?.text ?? null;
    expect(rollback([touched('idm-a', { original })], both).steps).toEqual([]);
    expect(rollback([touched('idm-a', { original: null })], both).steps).toEqual([]);
  });

  it('says of which server it cannot tell', () => {
    expect(rollback([touched('idm-a')], [observedOfTest(b)])).toMatchObject({
      steps: [],
      plan: { problems: [{ where: { server: 'idm-a' } }], blocked: true },
    });
    expect(rollback([touched('idm-a')], [{ ...observedOfTest(a), file: null }]).steps).toEqual([]);
  });

  it('says of a deploy that ended well what stops with it', () => {
    expect(rollback([touched('idm-a')], both, { outcome: 'done' }).codes).toEqual(['rolls-back-finished']);
  });

  it.each<[string, Partial<ServerActivity>, SeenServer, readonly string[]]>([
    ['a refresh may still be queued', { queued: intent }, a, ['restart idm-a']],
    ['no process has read the file', { unread: intent }, a, ['restart idm-a']],
    ['it runs with an older file', {}, { ...a, stale: true }, ['restart idm-a']],
    ['it does not run', {}, { ...a, state: 'stopped' }, ['restart idm-a']],
    ['nothing is left to do', {}, a, []],
  ])('restarts a server whose file stays where %s', (_what, more, seen, steps) => {
    const done = rollback(
      [touched('idm-a', { original: null, ...more })],
      [observedOfTest(seen), observedOfTest(b)],
    );
    expect(done.steps).toEqual(steps);
  });

  it('starts the one that is down, whichever stands first in the fleet', () => {
    const seen = [observedOfTest(a), observedOfTest({ ...b, state: 'stopped' })];
    const what = ['idm-a', 'idm-b'].map((it) => touched(it, { original: null }));
    expect(rollback(what, seen).steps).toEqual(['restart idm-b']);
  });

  it('lets a server that was to be started stay down', () => {
    const header = { steps: [], purpose: 'start' };
    const seen = [observedOfTest({ ...a, state: 'stopped' }), observedOfTest(b)];
    expect(rollback([touched('idm-a', { original: null })], seen, { header }).steps).toEqual([]);
  });
});

describe('a refresh that a rollback does not undo', () => {
  const steps = [stepOfTest('backup'), stepOfTest('refresh', { id: '2' }), stepOfTest('verify', { id: '3' })];
  const header = { steps, purpose: 'deploy' };
  const told = (...entries: readonly Record<string, unknown>[]) =>
    rollback([], both, { header, entries }).plan.problems.map(({ message, fix }) => `${message} ${fix}`);

  it('is told once it was begun, as what is proved of it', () => {
    expect(told({ kind: 'done', step: '1' }, { kind: 'begin', step: '1' })).toEqual([]);
    // What was said before the first step is written beside it, whichever it is.
    expect(told({ kind: 'output', step: '2', text: 'Before anything is changed' })).toEqual([]);
    for (const kind of ['begin', 'intent'])
      expect(told({ kind, step: '2' }, { kind: 'done', step: '1' })).toEqual([
        expect.stringContaining('whether it happened is not proved'),
      ]);
    expect(told({ kind: 'begin', step: '2' }, { kind: 'done', step: '2' })).toEqual([
      expect.stringContaining('was refreshed'),
    ]);
  });

  it('names the newest backup of that server, and commands only where there is one', () => {
    const backup = (step: string, path: string) => ({ kind: 'done', step, backup: path });
    const [said = ''] = told(backup('1', '/one'), { kind: 'begin', step: '2' }, backup('1', '/two'));
    expect(said).toContain('/two');
    expect(said).not.toContain('/one');
    expect(told({ kind: 'begin', step: '2' })).toEqual([expect.stringContaining('Look for an older backup')]);
  });
  it('is told of the server that was refreshed, with its own commands, and of no other', () => {
    const backup = { kind: 'done', step: '1', backup: '/one' };
    const of = (seen: readonly ObservedServer[], source = 'idm-a') => {
      const drawn = [steps[0], stepOfTest('refresh', { id: '2' })].map((it) => ({ ...it, source }));
      const entries = [{ kind: 'begin', step: '2' }, backup];
      return rollback([], seen, { header: { ...header, steps: drawn }, entries }).plan.problems;
    };
    const [first = both[0], second = both[1]] = both;
    if (first === undefined || second === undefined) throw new Error('both are there');
    const elsewhere = {
      ...second,
      versionOnDisk: '1.9.3',
      facts: second.facts && { ...second.facts, configPath: '/b.toml' },
    };
    const [problem, ...more] = of([first, elsewhere]);
    expect([problem?.server, more]).toEqual(['idm-b', []]);
    expect(problem?.fix).toContain('/b.toml has no table for idm-a');
    expect(problem?.fix).toContain('(1.9.3)');
    expect(of([first])[0]?.fix).toContain('Make the server reachable');
    // Old journals do not say whose data it was to take.
    expect(of(both, '')[0]?.fix).toContain('the server it was refreshed from');
  });
});
