import { randomUUID } from 'node:crypto';
import { link, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Result, fail, ok } from '../../../../shared/base/result';
import { jsonOf } from '../../base/json';
import { deploysFolder } from './journal';
import { lifeOf, lifeOfNumber, ownMark, processMark } from '../../storage/process-mark';
import { type DeployRecord, readJournal } from './read-journal';
import { errorCode } from '../../base/error-code';

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
  const first = join(deploysFolder(configDir), of.header.lock, 'claim');
  // A claim of one that was killed stays: who took it away could take away the one that came after it. The next has a number.
  let dead = 0;
  for (let tries = 0; tries < MOST; tries++) {
    const path = dead === 0 ? first : `${first}.${dead}`;
    try {
      if (await writeWhole(path, JSON.stringify(await ownMark(configDir)))) {
        const release = (): Promise<void> => rm(path, { force: true });
        if (await isAsRead(of)) return ok({ release });
        await release();
        return fail(settled);
      }
      const held = await whoHolds(path, configDir);
      if (held === 'dead') dead += 1;
      // One that was given back meanwhile is free: only who finds it dead goes on to the next.
      else if (held !== 'gone') return fail(claimed(held));
    } catch (error) {
      return fail({ ...unusable(error), where: { file: path } });
    }
  }
  return fail(claimed(0));
}

/** More processes than these are neither killed over one deploy nor give it back while somebody asks. */
const MOST = 100;

/**
 * Makes a file that nobody sees before it is whole.
 * @returns false when there is one.
 */
async function writeWhole(path: string, text: string): Promise<boolean> {
  const beside = `${path}.${randomUUID()}`;
  const whole = { flag: 'wx', mode: 0o600 };
  try {
    await writeFile(beside, text, whole);
    await link(beside, path).catch((error: unknown) => {
      // Not every file system has links: there it may be seen before it is whole.
      if (NO_LINKS.has(errorCode(error))) return writeFile(path, text, whole);
      throw error;
    });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(beside, { force: true });
  }
}

const NO_LINKS: ReadonlySet<string | null> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** Nobody finished or undid it between the reading of the journals and the claim. */
async function isAsRead(of: DeployRecord): Promise<boolean> {
  const now = await readJournal(of.folder);
  return now.ok && now.value.settledBy === of.settledBy && now.value.state === of.state;
}

/** The process that claimed it and may live. Throws where that cannot be read: then nobody knows that it is dead. */
async function whoHolds(path: string, configDir: string): Promise<number | 'dead' | 'gone'> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return 'gone';
  const at = (await stat(path).catch(() => null))?.mtimeMs ?? 0;
  const mark = processMark.safeParse(jsonOf(text));
  if (mark.success) return (await lifeOf(mark.data, configDir)) === 'dead' ? 'dead' : mark.data.pid;
  // Older versions wrote its number alone.
  const pid = Number(text);
  return pid > 0 && (await lifeOfNumber(pid, true, at)) !== 'dead' ? pid : 'dead';
}

const claimed = (pid: number) => ({
  code: 'deploy-running',
  message: `This deploy is being resumed or rolled back already${pid > 0 ? `, by process ${pid}` : ''}.`,
  fix: 'Wait until that is over.',
  where: {},
});

const settled = {
  code: 'plan-changed',
  message: 'Another resume or rollback has ended this deploy since the plan was made; nothing was changed.',
  fix: 'Review the plan again.',
  where: {},
};

const unusable = (error: unknown) => ({
  code: 'journal-unwritable',
  message: `Who resumes this deploy cannot be written down or read: ${error instanceof Error ? error.message : String(error)}`,
  fix: 'Look at that file and its folder; nothing was changed.',
});
