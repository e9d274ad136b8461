import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { id, StepTrial } from '../../../../test/support/step-trial';

/* What a deploy says of the data of two servers: no more than was compared, and only with both locks. */

let trial: StepTrial;
beforeEach(async () => {
  trial = await StepTrial.of({
    'idm-a': { domain: 'a', tables: ['idm-b mutual-pull'] },
    'idm-b': { domain: 'a', tables: ['idm-a mutual-pull'] },
  });
  trial.builder.compare(id('idm-a'), id('idm-b'));
});
afterEach(() => trial.end());

it('of the same data nothing is said to have changed meanwhile, and who waits is told what goes on', async () => {
  const result = await trial.run();
  expect(result).toMatchObject({ ok: true, note: expect.stringContaining('hold the same') });
  expect(result).toMatchObject({ note: expect.not.stringContaining('more changed') });
  expect(trial.said.length).toBeGreaterThan(0);
});

it('a result that cannot be kept is told, and is the result all the same', async () => {
  await writeFile(join(trial.deployment.configDir, 'comparisons'), 'no folder');
  expect(await trial.run()).toMatchObject({ ok: true, note: expect.stringContaining('hold the same') });
  expect(trial.said).toContainEqual(expect.stringContaining('could not be kept'));
});

it('a backup is begun on neither server once the lock of either is somebody else’s', async () => {
  for (const name of ['idm-a', 'idm-b']) {
    trial.server('idm-a').asked.length = 0;
    trial.takeLock(name);
    expect((await trial.fails()).fault.code).toBe('lock-lost');
    expect(trial.allEffects()).toEqual([]);
  }
});
