import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Result, fail, ok } from '../../../shared/result';
import { deploysFolder } from './journal';
import { type DeployRecord, processLives } from './read-journal';

/**
 * Claims an interrupted deploy for one resume or rollback. The locks on the servers carry the deploy's id and give way to
 * it, so of two who resume the same deploy at once, on the machine whose journal it is, this file lets one through.
 */
export async function claim(
  of: DeployRecord,
  past: readonly DeployRecord[],
  configDir: string,
): Promise<Result<{ release(): Promise<void> }>> {
  const live = past.find((it) => it.header.lock === of.header.lock && it.state === 'running');
  if (live) return fail(claimed(live.header.pid));
  const path = join(deploysFolder(configDir), of.header.lock, 'claim');
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      await writeFile(path, String(process.pid), { flag: 'wx', mode: 0o600 });
      return ok({ release: () => rm(path, { force: true }) });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST'))
        return fail({ ...unwritable(error), where: { file: path } });
    }
    const pid = Number(await readFile(path, 'utf8').catch(() => ''));
    if (pid > 0 && processLives(pid)) return fail(claimed(pid));
    // Left behind by one that was killed.
    await rm(path, { force: true });
  }
  return fail(claimed(0));
}

const claimed = (pid: number) => ({
  code: 'deploy-running',
  message: `This deploy is being resumed or rolled back already${pid > 0 ? `, by process ${pid}` : ''}.`,
  fix: 'Wait until that is over.',
  where: {},
});

const unwritable = (error: unknown) => ({
  code: 'journal-unwritable',
  message: `The deploy's folder cannot be written: ${error instanceof Error ? error.message : String(error)}`,
  fix: 'Make the folder writable; nothing was changed.',
});
