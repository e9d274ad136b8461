import { afterEach, beforeEach, expect, it } from 'vitest';
import { writesOverReviewedFileAlone } from '../../../../test/support/reviewed-file';
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

writesOverReviewedFileAlone(() => trial);

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
