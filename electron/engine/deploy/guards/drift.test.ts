import { afterEach, describe, expect, it } from 'vitest';
import { domainAs } from '../../../../test/support/fake-replication';
import { certificateOfTest, domainOfTest, originOfTest } from '../../../../test/support/fleet-fixtures';
import { id, StepTrial } from '../../../../test/support/step-trial';
import { uncancelled } from '../../base/time';
import { guardDrift } from './drift';

/* Whatever changed on a server since it was reviewed stops the deploy before that server is touched. */

let trial: StepTrial;
afterEach(() => trial.end());

const changes: Readonly<Record<string, () => void>> = {
  'file-changed': () => trial.edit('idm-b', (text) => `# by robin\n${text}`),
  'version-changed': () => void (trial.server('idm-b').version = '1.11.1'),
  'database-changed': () => void (trial.server('idm-b').domain = domainAs('c')),
  'certificate-changed': () => void (trial.server('idm-b').certificate = certificateOfTest('idm-b', 7)),
};
const draws: Readonly<Record<string, () => void>> = {
  restart: () => trial.builder.restart(id('idm-b'), 'a test'),
  configure: () =>
    void trial.builder.configure(id('idm-b'), [{ kind: 'remove-partner', origin: originOfTest('idm-a') }], {
      summary: '',
      why: '',
      needs: [],
    }),
  'put-back': () => {
    const text = trial.server('idm-b').files.text('/etc/kanidm/server.toml') ?? '';
    trial.builder.putBack(id('idm-b'), `# earlier\n${text}`, { summary: '', why: '' });
  },
  backup: () => trial.builder.backup(id('idm-b')),
  refresh: () => {
    trial.builder.refresh(id('idm-b'), id('idm-a'), originOfTest('idm-a'), domainOfTest('a'), 'command');
    trial.deployment.backups.set(id('idm-b'), '/backup');
  },
  renew: () => {
    const { certificate } = trial.sites.find((it) => it.server.id === 'idm-b')?.observed ?? {};
    if (certificate) trial.builder.renewCertificate(id('idm-b'), certificate);
  },
};

describe.each(Object.keys(draws))('%s', (step) => {
  it.each(Object.keys(changes))('%s: nothing is done', async (code) => {
    trial = await StepTrial.of({
      'idm-a': { domain: 'a', tables: ['idm-b mutual-pull'] },
      'idm-b': { domain: 'b', tables: ['idm-a mutual-pull'] },
    });
    draws[step]?.();
    changes[code]?.();
    expect(await trial.fails()).toMatchObject({ fault: { code, where: { server: 'idm-b' } }, undone: false });
    expect(trial.allEffects()).toEqual([]);
  });
});

it('what cannot be looked at now is not taken to be unchanged', async () => {
  for (const [asked, code] of [
    [/idm-b readFile/, 'permission-denied'],
    [/idm-b kanidmd version/, 'permission-denied'],
    [/idm-b kanidmd domain show/, 'permission-denied'],
    [/idm-b kanidmd show-repl/, 'permission-denied'],
  ] as const) {
    trial = await StepTrial.of({ 'idm-b': { domain: 'b', tables: [] } });
    draws['restart']?.();
    trial.whenAsked(asked, { fails: { code, message: '', fix: '', where: {} } });
    expect((await trial.fails()).fault.code, String(asked)).toBe(code);
    expect(trial.allEffects()).toEqual([]);
    if (!String(asked).includes('show-repl')) await trial.end();
  }
});

it('a file that changed is shown by what changed, and no more', async () => {
  trial = await StepTrial.of({ 'idm-b': { domain: 'b', tables: [] } });
  draws['restart']?.();
  changes['file-changed']?.();
  const { detail = '' } = (await trial.fails()).fault;
  expect(detail.split('\n').filter((line) => /^[+-](?![+-])/.test(line))).toEqual(['+# by robin']);
});

it('what was not known is not compared', async () => {
  trial = await StepTrial.of({ 'idm-b': { domain: 'b', tables: [] } });
  trial.knows('idm-b', { sha256: null, version: null, domain: null, certificate: null });
  draws['restart']?.();
  for (const change of Object.values(changes)) change();
  expect(await trial.run()).toMatchObject({ ok: true });
  await trial.end();
  trial = await StepTrial.of({ 'idm-b': { domain: 'b', tables: [] } });
  trial.saw('idm-b', { facts: null });
  changes['file-changed']?.();
  expect(await guardDrift(trial.deployment, trial.site('idm-b'), uncancelled(9000))).toBeNull();
});
