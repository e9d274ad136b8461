import { afterEach, describe, expect, it } from 'vitest';
import { StepTrial } from '../../../../test/support/step-trial';
import { uncancelled } from '../../base/time';
import { testFile, guardStart } from './tested-file';

/* May kanidmd be started with the file that lies there, where that file cannot be tested, or was before? */

let trial: StepTrial;
afterEach(() => trial.end());

const CONFIG = '/etc/kanidm/server.toml';
const one = async (): Promise<void> => {
  trial = await StepTrial.of({ 'idm-a': { domain: 'a', tables: [] } });
};
const newer = (): void => trial.edit('idm-a', (text) => `# newer\n${text}`);
const whyUnfit = () => guardStart(trial.deployment, trial.site('idm-a'));
const tests = (): number => trial.server('idm-a').asked.filter((it) => it === 'testConfig').length;
const denied = (detail?: string) => ({
  fails: { code: 'permission-denied', message: 'no', fix: 'ask', where: {}, ...(detail ? { detail } : {}) },
});

describe('a file that was accepted', () => {
  it('is not tested a second time, and another one is', async () => {
    await one();
    expect([await whyUnfit(), await whyUnfit(), tests()]).toEqual([null, null, 1]);
    newer();
    expect([await whyUnfit(), tests()]).toEqual([null, 2]);
  });

  it('is one of its own server only', async () => {
    trial = await StepTrial.of({
      'idm-a': { domain: 'a', tables: [] },
      'idm-b': { domain: 'a', tables: [] },
    });
    const bytes = new TextEncoder().encode(trial.server('idm-a').files.text(CONFIG) ?? '');
    for (const name of ['idm-a', 'idm-b'])
      await testFile(trial.deployment, trial.site(name), bytes, uncancelled(9000));
    expect(trial.server('idm-b').asked).toContain('testConfig');
  });
});

describe('a file that cannot be tested', () => {
  const untested = async (detail?: string): Promise<void> => {
    await one();
    trial.whenAsked(/testConfig/, denied(detail));
  };

  it('is fit where nothing runs that a start could end', async () => {
    for (const state of ['stopped', 'failed'] as const) {
      await untested();
      newer();
      trial.server('idm-a').state = state;
      expect(await whyUnfit(), state).toBeNull();
      if (state === 'stopped') await trial.end();
    }
  });

  it('is not where something does, or may', async () => {
    await untested('the disk is full');
    newer();
    const why = { code: 'config-untested', fix: 'ask', where: { server: 'idm-a', file: CONFIG } };
    expect(await whyUnfit()).toMatchObject({ ...why, detail: 'the disk is full' });
    trial.server('idm-a').state = 'stopping';
    expect(await whyUnfit()).toMatchObject(why);
    trial.server('idm-a').state = 'stopped';
    trial.whenAsked(/idm-a state/, denied());
    expect(await whyUnfit()).toMatchObject(why);
  });

  it('is fit where the process that runs has read it', async () => {
    await untested();
    expect(await whyUnfit()).toBeNull();
  });

  it.each([
    ['did not run', () => trial.saw('idm-a', { state: 'stopped' })],
    ['may have started whenever', () => sawFacts({ startedAt: null })],
    ['started before the file was changed', () => sawFacts({ startedAt: 1 })],
    ['was not looked at', () => trial.saw('idm-a', { file: null })],
  ])('is not where the process %s', async (_what, act) => {
    await untested();
    act();
    const fault = await whyUnfit();
    expect(fault).toMatchObject({ code: 'config-untested' });
    expect(fault).not.toHaveProperty('detail');
  });
  const sawFacts = (more: { startedAt: number | null }): void => {
    const { facts } = trial.site('idm-a').observed;
    if (facts !== null) trial.saw('idm-a', { facts: { ...facts, ...more } });
  };
});

describe('a file', () => {
  it('of which it is not known where it is, is not fit', async () => {
    await one();
    trial.saw('idm-a', { facts: null, file: null });
    expect(await whyUnfit()).toMatchObject({ code: 'config-untested', where: { server: 'idm-a' } });
    expect(trial.server('idm-a').asked).toEqual([]);
  });

  it('that nobody can read as one is for kanidmd to refuse', async () => {
    await one();
    trial.edit('idm-a', () => 'no = [toml');
    expect(await whyUnfit()).toMatchObject({ code: 'config-refused' });
    expect(tests()).toBe(1);
  });

  it('with another origin is judged by kanidmd alone where the name of the domain is not known', async () => {
    await one();
    trial.edit('idm-a', (text) => text.replaceAll('idm.example.com"', 'new.example.org"'));
    expect(await whyUnfit()).toMatchObject({ code: 'origin-outside-database' });
    trial.knows('idm-a', { domainName: null });
    expect(await whyUnfit()).toBeNull();
  });
});
