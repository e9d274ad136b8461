import { afterEach, describe, expect, it } from 'vitest';
import { makePlan } from '../../../../shared/plan/make/make-plan';
import { domainAs } from '../../../../test/support/fake-replication';
import { domainOfTest, fleetOfTest, originOfTest } from '../../../../test/support/fleet-fixtures';
import { id, StepTrial } from '../../../../test/support/step-trial';
import { runSteps } from '../run/run-steps';
import { mayTake } from './whose-data';

/* A server that comes up with another database than it had is never taken for the same, and gives its data to nobody. */

let trial: StepTrial;
afterEach(() => trial.end());

/** From its next start on idm-a holds an empty database, as where its file is not at db_path. */
function rebornAtItsStart(times = Infinity): void {
  const server = trial.server('idm-a');
  const begin = server.started;
  const own = server.domain;
  let starts = 0;
  server.started = () => {
    server.domain = ++starts > times ? own : domainAs('f');
    begin();
  };
}
const ONE = { 'idm-a': { domain: 'a', tables: [] } } as const;
const CONFIG = '/etc/kanidm/server.toml';

describe('a server that comes up with another database', () => {
  it('has not been restarted well', async () => {
    trial = await StepTrial.of(ONE);
    trial.builder.restart(id('idm-a'), 'a test');
    rebornAtItsStart();
    const failure = await trial.fails();
    expect(failure).toMatchObject({
      undone: false,
      fault: { code: 'database-changed', where: { server: 'idm-a' } },
    });
    expect(failure.fault.detail).toContain(domainOfTest('f'));
  });

  it('gets its previous file back, as one that does not come up', async () => {
    trial = await StepTrial.of(ONE);
    const before = trial.server('idm-a').files.text(CONFIG) ?? '';
    trial.builder.putBack(id('idm-a'), `# earlier\n${before}`, { summary: '', why: '' });
    rebornAtItsStart(1);
    expect(await trial.fails()).toMatchObject({ undone: true, fault: { code: 'database-changed' } });
    expect(trial.server('idm-a').files.text(CONFIG)).toBe(before);
  });

  it('is said to be so where the previous file does not help either', async () => {
    trial = await StepTrial.of(ONE);
    const before = trial.server('idm-a').files.text(CONFIG) ?? '';
    trial.builder.putBack(id('idm-a'), `# earlier\n${before}`, { summary: '', why: '' });
    rebornAtItsStart();
    const failure = await trial.fails();
    expect(failure).toMatchObject({ undone: false, fault: { code: 'database-changed' } });
    expect(failure.fault.message).toContain('failed too');
  });

  it('has no backup', async () => {
    trial = await StepTrial.of({ 'idm-a': { ...ONE['idm-a'], version: '1.8.6' } });
    trial.builder.backup(id('idm-a'));
    rebornAtItsStart();
    expect((await trial.fails()).fault.code).toBe('database-changed');
    expect(trial.deployment.backups.size).toBe(0);
  });

  it('is not compared where the one it had is not known, and that is said', async () => {
    trial = await StepTrial.of(ONE);
    const known = trial.deployment.baselines.get(id('idm-a'));
    if (known) trial.deployment.baselines.set(id('idm-a'), { ...known, domain: null });
    trial.builder.restart(id('idm-a'), 'a test');
    rebornAtItsStart();
    expect(await trial.run()).toMatchObject({ ok: true });
    expect(trial.said.join()).toContain('not known either whether it holds the same database');
  });
});

describe('a source that was reborn', () => {
  it.each(['idm-a ~> idm-b automatic', 'idm-a > idm-b'])(
    'during a deploy of "%s" ends it, and nobody takes its data',
    async (link) => {
      trial = await StepTrial.of({
        'idm-a': { domain: 'a', tables: null },
        'idm-b': { domain: 'b', tables: [] },
      });
      const fleet = fleetOfTest(['idm-a', 'idm-b'], [link]);
      const plan = makePlan(
        fleet,
        trial.sites.map((it) => it.observed),
      );
      Object.assign(trial.deployment, { fleet });
      rebornAtItsStart();
      const end = await runSteps(trial.deployment, plan.steps, () => undefined);
      expect(end.outcome).not.toBe('done');
      expect(end.problems).toMatchObject([{ code: 'database-changed', server: 'idm-a' }]);
      expect(trial.replication.taken).toEqual([]);
      expect(trial.server('idm-b').domain.uuid).toBe(domainOfTest('b'));
    },
  );

  /** idm-b is about to get the file with which it erases itself. */
  const arming = async (): Promise<void> => {
    trial = await StepTrial.of({
      'idm-a': { domain: 'a', tables: ['idm-b allow-pull'] },
      'idm-b': { domain: 'b', tables: ['idm-a pull'] },
    });
    const observed = trial.sites.find((it) => it.server.id === 'idm-a')?.observed.certificate;
    if (!observed) throw new Error('it shows one');
    const partner = { origin: originOfTest('idm-a'), type: 'pull' as const, automaticRefresh: true };
    trial.builder.configure(
      id('idm-b'),
      [{ kind: 'pin-partner', partner, of: id('idm-a'), certificate: { known: observed } }],
      { summary: '', why: '', needs: [] },
      id('idm-b'),
    );
    trial.deployment.backups.set(id('idm-b'), '/backup');
  };

  it('before a file that erases: that file is not written', async () => {
    await arming();
    trial.server('idm-a').domain = domainAs('f');
    expect((await trial.fails()).fault).toMatchObject({
      code: 'database-changed',
      where: { server: 'idm-a' },
    });
    expect(trial.allEffects()).toEqual([]);
  });

  it('or of which it is not known: that file is not written', async () => {
    await arming();
    trial.whenAsked(/idm-a kanidmd domain show/, { lost: 'before' });
    expect((await trial.fails()).fault).toMatchObject({
      code: 'connection-lost',
      where: { server: 'idm-a' },
    });
    expect(trial.allEffects()).toEqual([]);
  });

  it('is no server that only pulls from the one that is erased: whatever that holds, nobody takes it', async () => {
    trial = await StepTrial.of({
      'idm-a': { domain: 'a', tables: ['idm-b allow-pull'] },
      'idm-b': { domain: 'b', tables: ['idm-a pull', 'idm-c allow-pull'] },
      'idm-c': { domain: 'b', tables: ['idm-b pull'] },
    });
    trial.deployment.backups.set(id('idm-b'), '/backup');
    const why = () => trial.whyErases('idm-b', { domain: domainOfTest('a') }, ['idm-b']);
    trial.server('idm-c').domain = domainAs('f');
    expect(await why()).toBeNull();
    trial.server('idm-a').domain = domainAs('f');
    expect(await why()).toMatchObject({ code: 'database-changed', where: { server: 'idm-a' } });
  });

  it('and one that was not: the server may take the source’s domain, and no other', async () => {
    await arming();
    expect(await trial.run()).toMatchObject({ ok: true });
    trial.clock.advance(1_000);
    expect(trial.server('idm-b').domain.uuid).toBe(domainOfTest('a'));
    await trial.end();
    await arming();
    trial.server('idm-b').started = () => void (trial.server('idm-b').domain = domainAs('f'));
    expect((await trial.fails()).fault).toMatchObject({
      code: 'database-changed',
      where: { server: 'idm-b' },
    });
  });
});

describe('the domains that a server may be in after its start, besides its own', () => {
  it.each([
    ['none where the step erases nobody', 'restart', [], []],
    ['none where the step erases another', 'restart', ['idm-c'], []],
    ['those that it pulls from where the step erases it', 'restart', ['idm-b'], ['a']],
    ['the one that a refresh names, whatever it pulls from', 'refresh', ['idm-b'], ['d']],
    ['none of a refresh of another', 'refresh', ['idm-c'], []],
  ] as const)('are %s', async (_what, action, erases, taken) => {
    trial = await StepTrial.of({
      'idm-a': { domain: 'a', tables: ['idm-b allow-pull'] },
      'idm-b': { domain: 'b', tables: ['idm-a pull'] },
      'idm-c': { domain: 'c', tables: [] },
    });
    if (action === 'restart') trial.builder.restart(id('idm-b'), 'a test');
    else trial.builder.refresh(id('idm-b'), id('idm-a'), originOfTest('idm-a'), domainOfTest('d'), 'command');
    const step = { ...trial.step, erases: erases.map(id) };
    const site = trial.sites.find((it) => it.server.id === 'idm-b');
    if (!site) throw new Error('it is there');
    expect(mayTake(trial.deployment, step, site)).toEqual(taken.map(domainOfTest));
  });
});
