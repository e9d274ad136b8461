import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { id, StepTrial } from '../../../test/support/step-trial';
import { noteScratch, deleteOrphanedBackups } from './orphaned-backups';

describe('what a comparison that was killed left on a server', () => {
  let trial: StepTrial;
  beforeEach(async () => {
    trial = await StepTrial.of({ 'idm-b': { domain: 'b', tables: [] } });
    await leave();
  });
  afterEach(() => trial.end());

  const folder = (): string => join(trial.deployment.configDir, 'scratch');
  /** Its note, as a program that is gone has left it. */
  const leave = async (): Promise<void> => {
    const site = trial.deployment.sites.get(id('idm-b'));
    if (site === undefined) throw new Error('it is in the fleet');
    await noteScratch(trial.deployment.configDir, site, '/etc/kanidm/.kanilink/scratch');
    const [name = ''] = readdirSync(folder());
    const note = JSON.parse(readFileSync(join(folder(), name), 'utf8')) as Record<string, unknown>;
    const { pid } = spawnSync(process.execPath, ['--version']);
    writeFileSync(join(folder(), name), JSON.stringify({ ...note, pid, process: undefined }));
    renameSync(join(folder(), name), join(folder(), 'left.json'));
  };
  const scratches = (): readonly string[] =>
    trial.server('idm-b').asked.filter((it) => it.includes('scratch'));
  const takeAway = (may: typeof trial.deployment.locks.check) =>
    deleteOrphanedBackups(trial.deployment.configDir, trial.deployment.sites, () => undefined, may);

  it('is deleted by a deploy that holds the lock', async () => {
    expect(await takeAway(trial.deployment.locks.check)).toEqual([]);
    expect(scratches()).not.toEqual([]);
    expect(readdirSync(folder())).toEqual([]);
  });

  it('is left, and told of, once somebody took the lock over', async () => {
    trial.takeLock('idm-b');
    const problems = await takeAway(trial.deployment.locks.check);
    expect(problems).toMatchObject([{ code: 'backup-left-behind', server: 'idm-b' }]);
    expect(problems[0]?.message).toContain('robin');
    expect(scratches()).toEqual([]);
    expect(readdirSync(folder())).toEqual(['left.json']);
  });
});
