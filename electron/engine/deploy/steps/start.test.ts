import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stepOfTest } from '../../../../test/support/steps-of-test';
import { id, StepTrial } from '../../../../test/support/step-trial';
import { learn } from '../deployment/deployment';
import { runStep } from './run-step';

/* A start of a server that did not run: what keeps it down, and what is left alone. */

let trial: StepTrial;
beforeEach(async () => {
  trial = await StepTrial.of({ 'idm-a': { domain: 'a', tables: [] } });
  trial.server('idm-a').stop();
  // As it was probed: one that is down shows neither.
  learn(trial.deployment, id('idm-a'), { domain: null, certificate: null, certificateText: null });
});
afterEach(() => trial.end());

const start = () => runStep(trial.deployment, stepOfTest('start', { server: 'idm-a' }));
const code = async (): Promise<string> => {
  const result = await start();
  return result.ok ? result.note : result.failure.fault.code;
};
const down = (): void => {
  expect(trial.effects('idm-a')).toEqual([]);
  expect(trial.server('idm-a').state).toBe('stopped');
};

describe('a start', () => {
  it('brings it up, and says that nothing tells whether it is the same database', async () => {
    expect(await start()).toMatchObject({ ok: true });
    expect(trial.effects('idm-a')).toEqual(['start']);
    expect(trial.said).toContainEqual(
      expect.stringContaining('Which domain idm-a was in before is not known'),
    );
  });

  it('of one whose domain is known is compared with that, and nothing else is said', async () => {
    trial.server('idm-a').start();
    trial.knows('idm-a', { domain: trial.server('idm-a').domain.uuid });
    const restart = await runStep(trial.deployment, stepOfTest('restart', { server: 'idm-a' }));
    expect(restart).toMatchObject({ ok: true });
    expect(trial.said.join()).not.toContain('is not known');
  });

  it('of one that somebody else started meanwhile does nothing, and says so', async () => {
    trial.server('idm-a').start();
    expect(await code()).toContain('It runs already');
    expect(trial.effects('idm-a')).toEqual([]);
  });

  it('is not begun where nobody can tell whether it runs', async () => {
    trial.whenAsked(/idm-a state/, { lost: 'before' });
    expect(await code()).toBe('connection-lost');
    down();
  });

  it('is not begun with a journal that cannot be written: nothing is half done', async () => {
    Object.assign(trial.deployment.journal, { write: () => Promise.reject(new Error('no space left')) });
    expect(await code()).toBe('journal-unwritable');
    down();
  });

  it('is not begun where a look at the lock fails, once: it was not running before either', async () => {
    trial.whenAsked(/idm-a lock check/, { lost: 'before' });
    expect(await code()).toBe('connection-lost');
    down();
    expect(trial.server('idm-a').asked.filter((it) => it === 'lock check')).toHaveLength(1);
  });

  it('that was asked for and did not bring it up is told as that, with what to do', async () => {
    trial.server('idm-a').breaks = () => 'Could not bind';
    const result = await start();
    expect(result).toMatchObject({
      ok: false,
      failure: { undone: false, fault: { where: { server: 'idm-a' } } },
    });
    expect(trial.effects('idm-a')).toEqual(['start']);
  });

  it('whose answer was lost, and that did not happen, is no start', async () => {
    trial.whenAsked(/idm-a start/, { lost: 'before' });
    const result = await start();
    expect(JSON.stringify(result)).toContain('was asked to start and does not run as far as is known');
  });
});
