import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { value } from '../../../../test/support/results';
import { systemClock } from '../../base/time';
import { ownMark } from '../../storage/process-mark';
import { deploysFolder, type Journal, openJournal } from './journal';
import { JOURNAL_FORMAT } from './journal-entry';
import { running } from './read-journal';
import { type DeployNews, watchDeploys } from './watch-deploys';
import { inOwnFolder } from '../../../../test/support/own-folder';

const FLEET = { path: '/home/fleet.toml', name: 'Home' };
let configDir: string;
inOwnFolder('deploys', (made) => (configDir = made));
afterEach(async () => {
  running.clear();
});

async function begin(fleet = FLEET): Promise<Journal> {
  const journal = value(await openJournal(configDir, systemClock));
  running.add(journal.deploy);
  const mark = await ownMark(configDir);
  await journal.write({
    ...{ kind: 'deploy', format: JOURNAL_FORMAT, deploy: journal.deploy, purpose: 'apply', of: null },
    ...{ lock: journal.deploy, who: 'alex', host: 'desk', pid: mark.pid, process: mark },
    ...{ fleet: { ...fleet, sha256: '' }, fingerprint: 'f', erase: [], steps: [] },
  });
  return journal;
}
const finish = async (journal: Journal): Promise<void> => {
  await journal.write({ kind: 'finished', outcome: 'done', problems: [] });
  running.delete(journal.deploy);
  await journal.close();
};

it('tells what runs, what begins and how each ended, and nothing of what was over or is another fleet’s', async () => {
  await finish(await begin());
  await finish(await begin({ path: '/home/other.toml', name: 'Other' }));
  const runs = await begin();
  const stop = new AbortController();
  const told: DeployNews[] = [];
  let rounds = 0;
  let later: Journal | null = null;
  const clock = {
    ...systemClock,
    sleep: async () => {
      rounds += 1;
      if (rounds === 1) await finish(runs);
      if (rounds === 2) later = await begin();
      // Its program is gone without a word.
      if (rounds === 3 && later !== null) running.delete(later.deploy);
      if (rounds === 5) stop.abort();
    },
  };
  for await (const event of watchDeploys(configDir, FLEET, { clock, signal: stop.signal })) told.push(event);
  expect(told.map((it) => [it.kind, it.kind === 'deploy-ended' ? it.outcome : it.job])).toEqual([
    ['deploy-began', 'apply'],
    ['deploy-ended', 'done'],
    ['deploy-began', 'apply'],
    ['deploy-ended', 'interrupted'],
  ]);
  await (later as Journal | null)?.close();
});

it('waits for a journal that is only being begun, and leaves one alone that can never be read', async () => {
  const folder = join(deploysFolder(configDir), 'never');
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'journal.jsonl');
  const whole = await begin();
  const head = await readFile(join(whole.folder, 'journal.jsonl'), 'utf8');
  await finish(whole);
  /** What is told when the journal becomes readable after so many looks, and is looked at for long after. */
  const toldAfter = async (looks: number) => {
    await writeFile(path, 'not yet');
    running.add(whole.deploy);
    const stop = new AbortController();
    let rounds = 0;
    const sleep = async () => {
      rounds += 1;
      if (rounds === looks) await writeFile(path, head);
      if (rounds === looks + 5) stop.abort();
    };
    const told: DeployNews[] = [];
    const options = { clock: { ...systemClock, sleep }, signal: stop.signal };
    for await (const event of watchDeploys(configDir, FLEET, options)) told.push(event);
    return told.filter((it) => it.deploy === 'never').map((it) => it.kind);
  };
  expect(await toldAfter(9)).toEqual(['deploy-began']);
  expect(await toldAfter(10)).toEqual([]);
});
