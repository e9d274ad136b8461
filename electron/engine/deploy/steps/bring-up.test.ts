import { afterEach, describe, expect, it } from 'vitest';
import { id, StepTrial } from '../../../../test/support/step-trial';
import { learn } from '../deployment/deployment';
import { runStep } from './run-step';
import type { Step } from '../../../../shared/plan/steps/step';

/* Servers whose file has no [replication] and whose environment switches it on (`kanidm.md`, "Environment"). */

let trial: StepTrial;
afterEach(() => trial.end());

const CONFIG = '/etc/kanidm/server.toml';

/** One such server; `listens`: its replication interface starts. */
async function replicatingByEnvironment(listens: boolean): Promise<void> {
  trial = await StepTrial.of({
    'idm-a': {
      domain: 'a',
      tables: null,
      overrides: { KANIDM_REPLICATION_ORIGIN: 'repl://idm-a.example.com:8444' },
    },
  });
  if (listens) return;
  const { log } = trial.server('idm-a');
  const say = log.say.bind(log);
  log.say = (level, text) => {
    if (!text.startsWith('Starting replication')) say(level, text);
  };
}

const plain = {
  id: '1',
  server: id('idm-a'),
  needs: [],
  requires: [],
  summary: '',
  why: '',
  risk: '',
  diff: '',
  erases: [],
};

async function fails(action: string): Promise<unknown> {
  const server = trial.server('idm-a');
  if (action === 'start') {
    server.stop();
    // As it was probed: one that is down shows neither.
    learn(trial.deployment, id('idm-a'), { domain: null, certificate: null, certificateText: null });
  }
  if (action === 'put-back')
    trial.builder.putBack(id('idm-a'), `# earlier\n${server.files.text(CONFIG) ?? ''}`, {
      summary: '',
      why: '',
    });
  const [step = { ...plain, action, reads: '' } as unknown as Step] = trial.builder.steps;
  const result = await runStep(trial.deployment, step);
  return result.ok ? null : result.failure.fault.code;
}

describe.each(['start', 'restart', 'put-back'])('a %s', (action) => {
  it('is done once replication listens', async () => {
    await replicatingByEnvironment(true);
    expect(await fails(action)).toBeNull();
  });

  it('is not done while it does not', async () => {
    await replicatingByEnvironment(false);
    expect(await fails(action)).toBe('replication-not-started');
  });
});

it('a restart is not begun after a cancel that comes with the answer of the last look', async () => {
  await replicatingByEnvironment(true);
  // The drift reads the file first, then who would erase itself.
  trial.after(/readFile/, () => trial.stop.abort(), 2);
  expect(await fails('restart')).toBe('cancelled');
  expect(trial.effects('idm-a')).toEqual([]);
});
