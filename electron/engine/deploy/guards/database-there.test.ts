import { afterEach, describe, expect, it } from 'vitest';
import { FakeDeploys } from '../../../../test/support/fake-deploys';
import { effectsOn } from '../../../../test/support/fake-effects';
import { DATABASE } from '../../../../test/support/fake-replication';
import { domainOfTest } from '../../../../test/support/fleet-fixtures';
import { id, StepTrial } from '../../../../test/support/step-trial';
import { learn } from '../deployment/deployment';

/* A server is never started where its database is not: kanidmd would make an empty one and be well with it. */

let end: (() => Promise<void>) | null = null;
afterEach(async () => {
  await end?.();
  end = null;
});

let trial: StepTrial;
const LINE = `db_path = "${DATABASE}"`;
const moved = (text: string): string => text.replace(LINE, 'db_path = "/srv/new/kanidm.db"');
const unnamed = (text: string): string => text.replace(`${LINE}\n`, '');

async function restarting(tables: readonly string[] = ['idm-b mutual-pull']): Promise<void> {
  trial = await StepTrial.of({ 'idm-a': { domain: 'a', tables } });
  end = () => trial.end();
  trial.builder.restart(id('idm-a'), 'a test');
}
/** Somebody edited the file before the deploy began: no drift. */
function edited(change: (text: string) => string): void {
  trial.edit('idm-a', change);
  learn(trial.deployment, id('idm-a'), { sha256: null });
}
const denied = { fails: { code: 'permission-denied', message: '', fix: '', where: {} } };

describe('a restart', () => {
  it.each([
    ['db_path names another file', () => edited(moved)],
    ['db_path is gone', () => edited(unnamed)],
    ['the file itself is gone', () => trial.server('idm-a').files.remove(DATABASE)],
    ['the file is empty', () => trial.server('idm-a').files.put(DATABASE, '')],
  ])('is not begun where %s', async (_what, act) => {
    await restarting();
    act();
    const { fault } = await trial.fails();
    expect(fault).toMatchObject({ code: 'database-not-there', where: { server: 'idm-a' } });
    expect(trial.allEffects()).toEqual([]);
    expect(trial.server('idm-a').domain.uuid).toBe(domainOfTest('a'));
  });

  it('is not begun where its origin lies outside the domain of its database', async () => {
    await restarting();
    edited((text) => text.replaceAll('idm.example.com"', 'new.example.org"'));
    expect((await trial.fails()).fault).toMatchObject({
      code: 'origin-outside-database',
      where: { server: 'idm-a' },
    });
    expect(trial.allEffects()).toEqual([]);
  });

  it('is not begun where nobody may look, with a file that the process has not read', async () => {
    await restarting();
    edited((text) => `# newer\n${text}`);
    trial.whenAsked(/stat \//, denied);
    expect((await trial.fails()).fault.code).toBe('config-untested');
    expect(trial.allEffects()).toEqual([]);
  });

  it('goes on where nobody may look, with the file that the process has read', async () => {
    await restarting([]);
    trial.whenAsked(/stat \//, denied);
    expect(await trial.run()).toMatchObject({ ok: true });
  });

  it('goes on with a relative path: from where kanidmd reads it is not known', async () => {
    await restarting([]);
    edited((text) => text.replace(DATABASE, 'kanidm.db'));
    trial.server('idm-a').files.put('kanidm.db', 'a database');
    trial.whenAsked(/stat kanidm.db/, denied);
    expect(await trial.run()).toMatchObject({ ok: true });
  });

  it('of a server that holds nothing yet begins one', async () => {
    await restarting([]);
    learn(trial.deployment, id('idm-a'), { domain: null });
    trial.server('idm-a').files.remove(DATABASE);
    expect(await trial.run()).toMatchObject({ ok: true });
    expect(trial.server('idm-a').files.stat(DATABASE)).not.toBeNull();
  });
});

it('an earlier file that names another database is not put back', async () => {
  trial = await StepTrial.of({ 'idm-a': { domain: 'a', tables: [] } });
  end = () => trial.end();
  const { files, configPath } = trial.server('idm-a');
  trial.builder.putBack(id('idm-a'), moved(files.text(configPath) ?? ''), { summary: '', why: '' });
  expect((await trial.fails()).fault.code).toBe('database-not-there');
  expect(trial.allEffects()).toEqual([]);
});

describe('a plan', () => {
  const PAIR = {
    'idm-a': { domain: 'a', tables: ['idm-b mutual-pull'] },
    'idm-b': { domain: 'a', tables: ['idm-a mutual-pull'] },
  };
  let fleet: FakeDeploys;
  async function pair(act: (it: FakeDeploys) => void): Promise<void> {
    fleet = await FakeDeploys.of(PAIR, [['idm-a', 'idm-b']]);
    end = () => fleet.close();
    act(fleet);
    fleet.clock.advance(10_000);
    for (const server of fleet.servers) server.asked.length = 0;
  }
  const edit = (change: (text: string) => string) => (it: FakeDeploys) => {
    const { files, configPath } = it.server('idm-a');
    files.put(configPath, change(files.text(configPath) ?? ''));
  };
  const gone = { severity: 'error', code: 'database-not-there' };

  it.each([
    ['moved', moved, '/srv/new/kanidm.db'],
    ['not named', unnamed, 'no db_path'],
  ])(
    'says it of a file that no process has read, and leaves that server alone: %s',
    async (_what, change, says) => {
      await pair(edit(change));
      const plan = await fleet.plan();
      expect(plan.problems).toMatchObject(
        expect.arrayContaining([expect.objectContaining({ ...gone, server: 'idm-a' })]),
      );
      expect(plan.problems.map((it) => it.message).join()).toContain(says);
      expect(plan.steps.filter((step) => step.server === 'idm-a')).toEqual([]);
      const restart = await fleet.plan({ kind: 'restart', server: 'idm-a' });
      expect(restart).toMatchObject({ blocked: true, steps: [] });
      expect(await fleet.deploy({ kind: 'restart', server: 'idm-a' })).toMatchObject({ outcome: 'refused' });
      expect(effectsOn(fleet.server('idm-a'))).toEqual([]);
    },
  );

  it('of a start says it where the server has partners', async () => {
    await pair((it) => {
      it.server('idm-a').stop();
      it.server('idm-a').files.remove(DATABASE);
    });
    const start = await fleet.plan({ kind: 'start', server: 'idm-a' });
    expect(start.problems).toMatchObject(expect.arrayContaining([expect.objectContaining(gone)]));
    expect(start.steps).toEqual([]);
  });

  it('of a start of a server that is new says that it begins a database', async () => {
    await pair((it) => {
      const { files, configPath } = it.server('idm-a');
      files.put(configPath, (files.text(configPath) ?? '').replace(/\[replication\."[^]*/, ''));
      it.server('idm-a').stop();
      files.remove(DATABASE);
    });
    const start = await fleet.plan({ kind: 'start', server: 'idm-a' });
    expect(start.problems.map((it) => it.code)).not.toContain('database-not-there');
    expect(start.steps[0]?.risk).toContain('there is no database yet');
  });
});
