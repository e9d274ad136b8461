import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { id, StepTrial } from '../../../../test/support/step-trial';
import { value } from '../../../../test/support/results';
import type { DeployEvent } from '../../../../shared/plan/model/deploy';
import type { Deployment } from '../deployment/deployment';
import { readJournal } from '../journal/read-journal';
import { headOf } from '../../../../test/support/past-deploy';
import { runSteps } from './run-steps';

/* Steps one after the other: what is told of each, what the journal keeps, and where it stops. */

let trial: StepTrial;
beforeEach(async () => {
  trial = await StepTrial.of({
    'idm-a': { domain: 'a', tables: ['idm-b mutual-pull'] },
    'idm-b': { domain: 'a', tables: ['idm-a mutual-pull'] },
  });
  const { journal } = trial.deployment;
  await journal.write(headOf(journal.deploy));
});
afterEach(() => trial.end());

/** Runs what was drawn. @param hear is told of every event as it comes. */
async function run(
  hear: (event: DeployEvent) => void = () => undefined,
  deployment: Deployment = trial.deployment,
) {
  const events: DeployEvent[] = [];
  const ending = await runSteps(deployment, trial.builder.steps, (event) => {
    events.push(event);
    hear(event);
  });
  const record = value(await readJournal(trial.deployment.journal.folder));
  return {
    outcome: ending.outcome,
    codes: ending.problems.map((it) => it.code),
    told: events.flatMap((it) => (it.kind === 'step' ? [`${it.step} ${it.state}`] : [])),
    notes: events.flatMap((it) => (it.kind === 'step' && it.state === 'skipped' ? [it.note] : [])),
    cancelling: events.flatMap((it) => (it.kind === 'cancelling' ? [`${it.step} ${it.afterStep}`] : [])),
    entries: record.entries,
    kinds: record.entries.slice(1).map((it) => ('step' in it ? `${it.kind} ${it.step}` : it.kind)),
  };
}
const restart = (...names: readonly string[]): void => {
  for (const name of names) trial.builder.restart(id(name), 'a test');
};
const FAILS = { fails: { code: 'gone', message: 'it is gone', fix: '', where: {} } };

describe('steps', () => {
  it('that all end well are a deploy that is done, each with its begin and its end in the journal', async () => {
    restart('idm-a', 'idm-b');
    const { outcome, codes, told, kinds } = await run();
    expect([outcome, codes]).toEqual(['done', []]);
    expect(told).toEqual(['1 running', '1 done', '2 running', '2 done']);
    expect(kinds).toEqual(
      ['1', '2'].flatMap((step) => ['begin', 'intent', 'effect', 'done'].map((it) => `${it} ${step}`)),
    );
  });

  it('after one that failed are not begun, and the journal says why it failed', async () => {
    restart('idm-a', 'idm-b', 'idm-a');
    trial.whenAsked(/idm-b restart/, FAILS);
    const { outcome, codes, told, kinds, entries, notes } = await run();
    expect([outcome, codes]).toEqual(['failed', ['gone']]);
    expect(told).toEqual(['1 running', '1 done', '2 running', '2 failed', '3 skipped']);
    expect(notes).toEqual([expect.stringContaining('step 2')]);
    expect(kinds.at(-1)).toBe('failed 2');
    expect(entries.at(-1)).toMatchObject({ code: 'gone', undone: false });
    expect(trial.effects('idm-a')).toEqual(['restart']);
  });

  it('keep where a backup lies, which no other step has', async () => {
    trial.builder.backup(id('idm-b'));
    restart('idm-b');
    const { entries } = await run();
    const done = entries.filter((it) => it.kind === 'done');
    expect(done).toMatchObject([
      { step: '1', backup: trial.deployment.backups.get(id('idm-b')) },
      { step: '2' },
    ]);
    expect(done[0]).toHaveProperty('backup', expect.stringContaining('idm-b'));
    expect(done[1]).not.toHaveProperty('backup');
  });
});

describe('a cancel', () => {
  it('before the first step begins none', async () => {
    restart('idm-a', 'idm-b');
    trial.stop.abort();
    const { outcome, codes, told, kinds } = await run();
    expect([outcome, codes, told]).toEqual(['cancelled', [], ['1 skipped', '2 skipped']]);
    expect(kinds).toEqual([]);
    expect(trial.allEffects()).toEqual([]);
  });

  it('between two steps begins no other, and what is done stays done', async () => {
    restart('idm-a', 'idm-b');
    const { outcome, told, cancelling } = await run((event) => {
      if (event.kind === 'step' && event.state === 'done') trial.stop.abort();
    });
    expect([outcome, told]).toEqual(['cancelled', ['1 running', '1 done', '2 skipped']]);
    // Nothing was under way that it had to wait for.
    expect(cancelling).toEqual([]);
    expect(trial.effects('idm-b')).toEqual([]);
  });

  it('within a step is told once, and whether the step is finished first', async () => {
    trial.builder.readCertificate(id('idm-b'));
    restart('idm-b');
    trial.whenAsked(/idm-b kanidmd show-repl/, { says: 'none' });
    trial.before(/idm-b kanidmd show-repl/, () => trial.stop.abort(), 2);
    const early = await run();
    expect(early).toMatchObject({ outcome: 'cancelled', cancelling: ['1 false'] });
    expect(early.told).toEqual(['1 running', '1 failed', '2 skipped']);
  });

  it('after an effect has begun waits for the end of its step', async () => {
    restart('idm-b', 'idm-a');
    trial.before(/idm-b restart/, () => trial.stop.abort());
    expect(await run()).toMatchObject({
      ...{ outcome: 'cancelled', cancelling: ['1 true'] },
      told: ['1 running', '1 done', '2 skipped'],
    });
  });
});

describe('a journal that cannot be written', () => {
  /** The same deploy, whose disk is full from the first such entry on. */
  const fullAt = (kind: string): Deployment => {
    let full = false;
    const { journal } = trial.deployment;
    const write: typeof journal.write = (entry) => {
      full ||= entry.kind === kind;
      return full ? Promise.reject(new Error('no space left')) : journal.write(entry);
    };
    return { ...trial.deployment, journal: { ...journal, write } };
  };

  it('lets no step begin', async () => {
    restart('idm-a', 'idm-b');
    const { outcome, codes, told } = await run(undefined, fullAt('begin'));
    expect([outcome, codes]).toEqual(['failed', ['journal-unwritable']]);
    expect(told).toEqual(['1 running', '1 failed', '2 skipped']);
    expect(trial.allEffects()).toEqual([]);
  });

  it('stops after the step that is done, which is told as what it is', async () => {
    restart('idm-a', 'idm-b');
    const { outcome, codes, told, notes } = await run(undefined, fullAt('done'));
    expect([outcome, codes]).toEqual(['failed', ['journal-unwritable']]);
    expect(told).toEqual(['1 running', '1 done', '2 skipped']);
    expect(notes).toEqual([expect.stringContaining('no space left')]);
    expect(trial.allEffects()).toEqual(['restart']);
  });
});
