import { afterEach, describe, expect, it } from 'vitest';
import { domainAs } from '../../../../test/support/fake-replication';
import { domainOfTest, originOfTest } from '../../../../test/support/fleet-fixtures';
import { id, StepTrial } from '../../../../test/support/step-trial';

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
const UNREAD = { file: null, config: null } as const;

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
    expect(await trial.whyErases('idm-b')).toBeNull();
    expect(await trial.whyErases('idm-a')).toMatchObject({ code: 'would-erase' });
    trial.deployment.restarted.set(id('idm-b'), trial.clock.now());
    expect(await trial.whyErases('idm-a')).toBeNull();
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

  it('a server that was never read, and is not restarted, keeps nobody', async () => {
    trial = await StepTrial.of({ ...A_AND_B, 'idm-c': { domain: 'a', tables: [] } });
    trial.saw('idm-c', UNREAD);
    trial.server('idm-c').files.remove('/etc/kanidm/server.toml');
    expect(await trial.whyErases('idm-b')).toBeNull();
  });

  it('nor does one of which nothing is known keep the others from being looked at', async () => {
    trial = await StepTrial.of({ ...A_AND_B, 'idm-c': { domain: 'a', tables: null } });
    trial.saw('idm-c', { ...UNREAD, facts: null });
    expect(await trial.whyErases('idm-c')).toBeNull();
    swapped();
    expect(await trial.whyErases('idm-c')).toMatchObject({ code: 'would-erase', where: { server: 'idm-b' } });
  });

  it('a partner is found by the origin that its file gives it now', async () => {
    trial = await StepTrial.of(A_AND_B);
    // Its pin does not name it either.
    trial.saw('idm-a', { certificate: null });
    for (const name of ['idm-a', 'idm-b'])
      trial.edit(name, (text) => text.replaceAll(originOfTest('idm-a'), 'repl://other.example.com:8444'));
    expect(await trial.whyErases('idm-b')).toBeNull();
    swapped();
    expect(await trial.whyErases('idm-b')).toMatchObject({ code: 'would-erase', where: { server: 'idm-b' } });
  });

  it('where no file has automatic_refresh, nobody is asked what it holds', async () => {
    trial = await StepTrial.of({
      'idm-a': { domain: 'a', tables: ['idm-b allow-pull automatic'] },
      'idm-b': { domain: 'a', tables: ['idm-a pull'] },
    });
    expect(await trial.whyErases('idm-b')).toBeNull();
    expect(trial.servers.flatMap((it) => it.asked)).not.toContain('kanidmd domain show');
    trial.edit('idm-b', automatic);
    expect(await trial.whyErases('idm-b')).toBeNull();
    expect(trial.server('idm-a').asked).toContain('kanidmd domain show');
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
    trial = await StepTrial.of({ ...A_AND_B, 'idm-b': { domain: 'a', tables: ['idm-a pull'] } });
    const now = trial.server('idm-b').files.text('/etc/kanidm/server.toml') ?? '';
    const put = trial.builder.putBack(id('idm-b'), automatic(now), { summary: '', why: '' });
    expect(put.ok).toBe(true);
    swapped();
    expect((await trial.fails()).fault).toMatchObject({ code: 'would-erase', where: { server: 'idm-b' } });
    expect(trial.allEffects()).toEqual([]);
  });

  it('the file of its own server must be readable, if it never was', async () => {
    trial = await StepTrial.of(A_AND_B);
    trial.server('idm-a').files.put('/etc/kanidm/server.toml', 'no = [toml');
    trial.saw('idm-a', UNREAD);
    expect(await trial.whyErases('idm-a')).toMatchObject({
      where: { server: 'idm-a', file: '/etc/kanidm/server.toml' },
    });
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
    trial.edit('idm-c', automatic);
    expect((await trial.fails()).fault).toMatchObject({ code: 'would-erase', where: { server: 'idm-c' } });
    expect(trial.allEffects()).toEqual([]);
  });

  it('and who is of the domain that it will hold takes nothing', async () => {
    trial = await StepTrial.of({
      'idm-a': { domain: 'a', tables: ['idm-b mutual-pull'] },
      'idm-b': { domain: 'a', tables: ['idm-a mutual-pull', 'idm-c allow-pull'] },
      'idm-c': { domain: 'a', tables: ['idm-b pull automatic'] },
    });
    trial.server('idm-b').domain = domainAs('b');
    trial.deployment.backups.set(id('idm-b'), '/backup');
    expect(await trial.whyErases('idm-b', { domain: domainOfTest('a') }, ['idm-b'])).toBeNull();
    expect(await trial.whyErases('idm-b', {}, ['idm-b'])).toMatchObject({ where: { server: 'idm-c' } });
  });
});
