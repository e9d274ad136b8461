import { afterEach, beforeEach, expect, it } from 'vitest';
import { id, StepTrial } from '../../../../test/support/step-trial';
import { runStep } from './run-step';

/* An earlier file goes back whole, over the very file that was reviewed. */

let trial: StepTrial;
beforeEach(async () => {
  trial = await StepTrial.of({ 'idm-a': { domain: 'a', tables: [] } });
  trial.builder.putBack(id('idm-a'), `# earlier\n${text()}`, { summary: '', why: '' });
});
afterEach(() => trial.end());

const CONFIG = '/etc/kanidm/server.toml';
const text = (): string => trial.server('idm-a').files.text(CONFIG) ?? '';

it('is what is there and what the process reads', async () => {
  const earlier = `# earlier\n${text()}`;
  expect(await trial.run()).toMatchObject({ ok: true });
  expect([text(), trial.server('idm-a').reads]).toEqual([earlier, earlier]);
});

it('is not put over a file that somebody has changed since, and that one is named', async () => {
  trial.edit('idm-a', (it) => `${it}# robin\n`);
  expect((await trial.fails()).fault).toMatchObject({
    code: 'file-changed',
    where: { server: 'idm-a', file: CONFIG },
  });
  expect(text()).toContain('# robin');
  expect(trial.allEffects()).toEqual([]);
});

it('is not put over another file than the plan shows, though this deploy wrote that one', async () => {
  trial.edit('idm-a', (it) => `${it}# by an earlier step\n`);
  const { files } = trial.server('idm-a');
  const now = files.read(CONFIG, 100_000);
  if (!now.ok) throw new Error('it is there');
  trial.knows('idm-a', { sha256: now.value.sha256, text: text() });
  expect((await trial.fails()).fault).toMatchObject({
    code: 'file-changed',
    where: { server: 'idm-a', file: CONFIG },
  });
  expect(trial.allEffects()).toEqual([]);
});

it('is not put where the file that is there cannot be read', async () => {
  trial.whenAsked(/readFile/, { lost: 'before' });
  expect((await trial.fails()).fault).toMatchObject({
    code: 'connection-lost',
    where: { server: 'idm-a' },
  });
  expect(trial.allEffects()).toEqual([]);
});

it('that says nothing Kanilink can judge is not put there: whom it would erase is not known', async () => {
  const { step } = trial;
  const odd = { ...step, text: '[replication]\norigin = 3\n' } as typeof step;
  const result = await runStep(trial.deployment, odd);
  expect(result).toMatchObject({
    ok: false,
    failure: { fault: { where: { server: 'idm-a', file: CONFIG } } },
  });
  expect(trial.allEffects()).toEqual([]);
});
