import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Result } from '../../../shared/result';
import { addToJournal, type Journal, openJournal } from './journal';
import type { NewEntry } from './journal-entry';
import { interruptedDeploy, openIntents, readDeploys, readJournal } from './read-journal';

/** No process has this number: Linux' largest is 4194304. */
const NOBODY = 2 ** 30;
const FLEET = { path: '/home/fleet.toml', name: 'Home' };

describe('the journal of a deploy', () => {
  let configDir: string;
  beforeEach(async () => {
    configDir = await mkdtemp(join(tmpdir(), 'kl-journal-'));
  });
  afterEach(() => rm(configDir, { recursive: true }));

  const start = async (pid = NOBODY): Promise<Journal> => {
    const journal = value(await openJournal(configDir, new Date('2026-11-25T06:00:00Z')));
    await journal.write(headerOf(journal.deploy, pid));
    return journal;
  };
  const intent: NewEntry = { kind: 'intent', step: '1', server: 'idm-a', effect: 'write', path: '/s.toml' };

  it('reads back as it was written, private to its user', async () => {
    const journal = await start();
    const kept = await journal.keep('step-1.idm-a.before.toml', 'old\n');
    await journal.write(intent);
    await journal.write({ kind: 'effect', step: '1', server: 'idm-a', well: true, note: 'write done' });
    await journal.write({ kind: 'done', step: '1', note: '' });
    await journal.write({ kind: 'finished', outcome: 'done', problems: [] });
    await journal.close();
    const record = value(await readJournal(journal.folder));
    expect(record).toMatchObject({ state: 'finished', outcome: 'done', torn: false, settledBy: null });
    expect(record.entries.map((it) => it.kind)).toEqual(['deploy', 'intent', 'effect', 'done', 'finished']);
    expect(await readFile(kept, 'utf8')).toBe('old\n');
    expect((await stat(kept)).mode & 0o777).toBe(0o600);
    expect((await stat(journal.folder)).mode & 0o777).toBe(0o700);
  });

  it('bears a last line that was cut off, at every byte of it', async () => {
    const journal = await start();
    await journal.write(intent);
    await journal.close();
    const file = join(journal.folder, 'journal.jsonl');
    const whole = await readFile(file);
    const from = whole.indexOf('\n') + 1;
    for (let cut = from + 1; cut < whole.length - 1; cut++) {
      await rm(file);
      await appendFile(file, whole.subarray(0, cut));
      const record = value(await readJournal(journal.folder));
      expect(record).toMatchObject({ state: 'interrupted', torn: true });
      expect(openIntents(record)).toEqual([]);
    }
    await addToJournal(journal.folder, { kind: 'settled', by: 'later', purpose: 'resume' });
    expect(value(await readJournal(journal.folder))).toMatchObject({ torn: true, settledBy: 'later' });
  });

  it('with an unreadable line in its middle is not trusted', async () => {
    const journal = await start();
    await journal.close();
    await appendFile(join(journal.folder, 'journal.jsonl'), 'nonsense\n');
    await addToJournal(journal.folder, intent);
    expect(await readJournal(journal.folder)).toMatchObject({
      ok: false,
      error: { code: 'journal-unreadable' },
    });
    expect(await readDeploys(configDir)).toMatchObject({ deploys: [], unreadable: [journal.deploy] });
  });

  it('is interrupted when its process is gone without a word, until a later deploy settles it', async () => {
    const dead = await start();
    await dead.write(intent);
    await dead.close();
    const found = interruptedDeploy((await readDeploys(configDir)).deploys, FLEET);
    expect(found?.deploy).toBe(dead.deploy);
    expect(found && openIntents(found)).toMatchObject([{ step: '1', effect: 'write' }]);
    expect(
      interruptedDeploy((await readDeploys(configDir)).deploys, { ...FLEET, path: '/other' }),
    ).toBeNull();
    await addToJournal(dead.folder, { kind: 'settled', by: 'later', purpose: 'resume' });
    expect(interruptedDeploy((await readDeploys(configDir)).deploys, FLEET)).toBeNull();
  });

  it('of a process that lives is running, not interrupted', async () => {
    const journal = await start(process.ppid);
    await journal.close();
    expect(value(await readJournal(journal.folder)).state).toBe('running');
  });
});

function headerOf(deploy: string, pid: number): NewEntry<'deploy'> {
  return {
    kind: 'deploy',
    format: 1,
    deploy,
    purpose: 'apply',
    of: null,
    lock: deploy,
    who: 'alex',
    host: hostname(),
    pid,
    fleet: { ...FLEET, sha256: '' },
    fingerprint: 'f',
    erase: [],
    steps: [],
  };
}

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}
