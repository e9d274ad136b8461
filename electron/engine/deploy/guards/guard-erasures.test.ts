import { afterEach, describe, expect, it } from 'vitest';
import { domainAs } from '../../../../test/support/fake-replication';
import { domainOfTest, originOfTest } from '../../../../test/support/fleet-fixtures';
import { id, StepTrial } from '../../../../test/support/step-trial';
import { uncancelled } from '../../base/time';
import { guardErasures } from './guard-erasures';

/* The last guard of promise 1: it looks at the servers as they are right before an effect, whatever the plan knew. */

let trial: StepTrial;
afterEach(() => trial.end());

const automatic = (text: string): string => text.replace('type = "pull"', '$&\nautomatic_refresh = true');
const A_AND_B = {
  'idm-a': { domain: 'a', tables: ['idm-b allow-pull'] },
  'idm-b': { domain: 'a', tables: ['idm-a pull automatic'] },
};
/** idm-a's database becomes another one: restored from a copy, or replaced by hand. */
const swapped = (): void => void (trial.server('idm-a').domain = domainAs('c'));

describe('before a restart', () => {
  it('nobody may erase itself by an automatic_refresh that was set since the plan', async () => {
    trial = await StepTrial.of({
      'idm-a': { domain: 'a', tables: ['idm-b allow-pull'] },
      'idm-b': { domain: 'b', tables: ['idm-a pull'] },
      'idm-c': { domain: 'a', tables: [] },
    });
    trial.edit('idm-b', automatic);
    trial.builder.restart(id('idm-c'), 'a test');
    const { fault } = await trial.fails();
    expect(fault).toMatchObject({ code: 'would-erase', where: { server: 'idm-b' } });
    expect(fault.message).toContain('idm-a');
    expect(trial.allEffects()).toEqual([]);
    expect(trial.replication.taken).toEqual([]);
  });

  it('nobody may erase itself because a partner’s database was swapped', async () => {
    trial = await StepTrial.of({ ...A_AND_B, 'idm-c': { domain: 'a', tables: [] } });
    swapped();
    trial.builder.restart(id('idm-c'), 'a test');
    expect((await trial.fails()).fault).toMatchObject({ code: 'would-erase', where: { server: 'idm-b' } });
    expect(trial.allEffects()).toEqual([]);
  });

  it('what a server whose file cannot be read now would do is judged by what it said last', async () => {
    trial = await StepTrial.of({ ...A_AND_B, 'idm-c': { domain: 'a', tables: [] } });
    swapped();
    trial.server('idm-b').files.remove('/etc/kanidm/server.toml');
    trial.builder.restart(id('idm-c'), 'a test');
    expect((await trial.fails()).fault.code).toBe('would-erase');
    expect(trial.allEffects()).toEqual([]);
  });

  it('nobody may erase itself by a flag that only its process has, as its rounds say', async () => {
    trial = await StepTrial.of({ ...A_AND_B, 'idm-c': { domain: 'a', tables: [] } });
    // Taken out of the file, which kept its time; nobody restarted idm-b.
    trial.edit('idm-b', (text) => text.replace('automatic_refresh = true', ''));
    swapped();
    trial.builder.restart(id('idm-c'), 'a test');
    expect((await trial.fails()).fault).toMatchObject({ code: 'would-erase', where: { server: 'idm-b' } });
    expect(trial.allEffects()).toEqual([]);
  });

  it('and its own restart, which drops it, is no reason against it', async () => {
    trial = await StepTrial.of(A_AND_B);
    trial.edit('idm-b', (text) => text.replace('automatic_refresh = true', ''));
    swapped();
    const whyNot = (server: string) =>
      guardErasures(
        trial.deployment,
        { erases: [] },
        { server: id(server), config: null, domain: null },
        uncancelled(9000),
      );
    expect(await whyNot('idm-b')).toBeNull();
    expect(await whyNot('idm-a')).toMatchObject({ code: 'would-erase' });
    trial.deployment.restarted.set(id('idm-b'), trial.clock.now());
    expect(await whyNot('idm-a')).toBeNull();
  });

  it('the own domain of a server that does not answer is the one it had', async () => {
    trial = await StepTrial.of({ ...A_AND_B, 'idm-c': { domain: 'a', tables: [] } });
    swapped();
    trial.whenAsked(/idm-b kanidmd domain show/, { says: 'nothing of the kind' });
    trial.builder.restart(id('idm-c'), 'a test');
    expect((await trial.fails()).fault.code).toBe('would-erase');
  });

  it('and a silent one that had its supplier’s domain keeps nobody', async () => {
    trial = await StepTrial.of({ ...A_AND_B, 'idm-c': { domain: 'a', tables: [] } });
    trial.whenAsked(/idm-b kanidmd domain show/, { says: 'nothing of the kind' });
    trial.builder.restart(id('idm-c'), 'a test');
    expect(await trial.run()).toMatchObject({ ok: true });
  });

  it('automatic servers of one domain keep nobody', async () => {
    trial = await StepTrial.of({ ...A_AND_B, 'idm-c': { domain: 'a', tables: [] } });
    trial.builder.restart(id('idm-c'), 'a test');
    expect(await trial.run()).toMatchObject({ ok: true });
    expect(trial.effects('idm-c')).toEqual(['restart']);
  });
});

describe('before a new file', () => {
  it('nobody may erase itself by it, though only the new file says so', async () => {
    trial = await StepTrial.of(A_AND_B);
    const earlier = trial.server('idm-b').files.text('/etc/kanidm/server.toml') ?? '';
    const put = trial.builder.putBack(id('idm-b'), `# earlier\n${earlier}`, { summary: '', why: '' });
    expect(put.ok).toBe(true);
    swapped();
    expect((await trial.fails()).fault).toMatchObject({ code: 'would-erase', where: { server: 'idm-b' } });
    expect(trial.allEffects()).toEqual([]);
  });

  it('the file of its own server must be readable, if it never was', async () => {
    trial = await StepTrial.of(A_AND_B);
    const [site] = trial.sites;
    if (!site) throw new Error('it is there');
    trial.server('idm-a').files.put('/etc/kanidm/server.toml', 'no = [toml');
    const unread = { ...site, observed: { ...site.observed, config: null } };
    const deployment = { ...trial.deployment, sites: new Map([[site.server.id, unread]]) };
    const coming = { server: site.server.id, config: null, domain: null };
    const fault = await guardErasures(deployment, { erases: [] }, coming, uncancelled(9000));
    expect(fault).toMatchObject({ where: { server: 'idm-a', file: '/etc/kanidm/server.toml' } });
  });
});

describe('before a refresh', () => {
  const refresh = async (): Promise<void> => {
    trial = await StepTrial.of({
      'idm-a': { domain: 'a', tables: ['idm-b mutual-pull'] },
      'idm-b': { domain: 'b', tables: ['idm-a mutual-pull'] },
    });
    const origin = originOfTest('idm-a');
    trial.builder.refresh(id('idm-b'), id('idm-a'), origin, domainOfTest('a'), 'command');
  };

  it('there must be a backup that this deploy made and read back', async () => {
    await refresh();
    expect((await trial.fails()).fault).toMatchObject({ code: 'no-backup', where: { server: 'idm-b' } });
    expect(trial.allEffects()).toEqual([]);
    expect(trial.server('idm-b').domain.uuid).toBe(domainOfTest('b'));
  });

  it('with one it goes on', async () => {
    await refresh();
    trial.deployment.backups.set(id('idm-b'), '/backup');
    expect(await trial.run()).toMatchObject({ ok: true });
    expect(trial.replication.taken).toMatchObject([{ server: 'idm-b', from: 'idm-a' }]);
  });

  it('whoever pulls automatically from the one that is refreshed must not follow it', async () => {
    trial = await StepTrial.of({
      'idm-a': { domain: 'a', tables: ['idm-b mutual-pull'] },
      'idm-b': { domain: 'b', tables: ['idm-a mutual-pull', 'idm-c allow-pull'] },
      'idm-c': { domain: 'b', tables: ['idm-b pull'] },
    });
    const origin = originOfTest('idm-a');
    trial.builder.refresh(id('idm-b'), id('idm-a'), origin, domainOfTest('a'), 'command');
    trial.deployment.backups.set(id('idm-b'), '/backup');
    trial.edit(
      'idm-b',
      (text) => text + trial.server('idm-c').files.text('/etc/kanidm/server.toml')?.slice(0, 0),
    );
    trial.edit('idm-c', automatic);
    expect((await trial.fails()).fault).toMatchObject({ code: 'would-erase', where: { server: 'idm-c' } });
    expect(trial.allEffects()).toEqual([]);
  });
});
