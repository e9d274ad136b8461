import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { value } from '../../../../test/support/results';
import { ownMark, type ProcessMark } from '../../storage/process-mark';
import { claim } from './claim';
import { systemClock } from '../../base/time';
import { addToJournal, deploysFolder, openJournal } from './journal';
import { notRunning } from '../run/not-running';
import { sayNotRunning } from './glance';
import { readDeploys, running, whatHolds } from './read-journal';
import { FLEET_OF_HEAD, headOf } from '../../../../test/support/past-deploy';
import { inOwnFolder } from '../../../../test/support/own-folder';

describe('whether a deploy runs', () => {
  let configDir: string;
  const children: ChildProcess[] = [];
  inOwnFolder('life', (made) => (configDir = made));
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  /** A process that lives until it is killed, and what tells it apart. */
  const living = async (): Promise<ProcessMark> => {
    const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)']);
    children.push(child);
    const { pid, stdout } = child;
    if (pid === undefined || stdout === null) throw new Error('it does not run');
    await new Promise((resolve) => stdout.once('data', resolve));
    const { lookAt } = await import('../../storage/process-table');
    return { ...(await ownMark(configDir)), pid, started: (await lookAt(pid))?.started ?? null };
  };
  const journalOf = async (mark: ProcessMark, host = 'desk', withMark = true): Promise<string> => {
    const journal = value(await openJournal(configDir, systemClock));
    await journal.write({
      ...headOf(journal.deploy, mark.pid, host),
      ...(withMark ? { process: mark } : {}),
    });
    await journal.close();
    return journal.deploy;
  };
  const state = async () => (await readDeploys(configDir)).deploys[0]?.state;

  it('is known while its process lives, whatever this machine is called', async () => {
    const deploy = await journalOf(await living(), 'another-name-since-then');
    expect(await state()).toBe('running');
    expect(whatHolds(await readDeploys(configDir), FLEET_OF_HEAD)).toMatchObject({
      interrupted: null,
      running: { deploy },
    });
    // It does run: no word of a person counts against that.
    expect(await notRunning(configDir, FLEET_OF_HEAD)).toMatchObject({ error: { code: 'deploy-running' } });
    expect(await state()).toBe('running');
  });

  it('is known of this very process by what it has under way, whoever else said that it does not run', async () => {
    const deploy = await journalOf(await ownMark(configDir));
    expect(await state()).toBe('interrupted');
    running.add(deploy);
    await sayNotRunning(join(deploysFolder(configDir), deploy), 'robin');
    expect(await state()).toBe('running');
    running.delete(deploy);
    expect(await state()).toBe('interrupted');
  });

  it('no word of a person counts against a process that lives', async () => {
    const deploy = await journalOf(await living());
    await sayNotRunning(join(deploysFolder(configDir), deploy), 'robin');
    expect(await state()).toBe('running');
  });

  it('is known not to at once after a kill, though nobody has asked about the dead process', async () => {
    const deploy = await journalOf(await living());
    // Read in the same turn: this process cannot have heard of its child's end.
    children.at(-1)?.kill('SIGKILL');
    const held = whatHolds(await readDeploys(configDir), FLEET_OF_HEAD);
    expect(held.interrupted?.deploy).toBe(deploy);
  });

  it('is not mistaken for another process that has its number now', async () => {
    await journalOf({ ...(await living()), started: '1' });
    expect(await state()).toBe('interrupted');
  });

  it('does not after the machine was started anew', async () => {
    await journalOf({ ...(await living()), boot: 'another-boot' });
    expect(await state()).toBe('interrupted');
  });

  it('on another machine, or in another container, may run until a person says that it does not', async () => {
    const mark = await living();
    await journalOf({ ...mark, machine: 'another', boot: 'another' });
    expect(await state()).toBe('running');
    await journalOf({ ...mark, space: 'pid:[1]' });
    expect(await state()).toBe('running');
    expect(value(await notRunning(configDir, FLEET_OF_HEAD))).toHaveLength(2);
    expect((await readDeploys(configDir)).deploys.map((it) => it.state)).toEqual([
      'interrupted',
      'interrupted',
    ]);
  });

  it('is told of an older journal, which has a number alone, by when the process of that number started', async () => {
    const before = new Date(Date.now() - 3_600_000);
    const { hostname } = await import('node:os');
    const mark = await living();
    const journal = value(await openJournal(configDir, { now: () => before.getTime() }));
    await journal.close();
    const line = { ...headOf(journal.deploy, mark.pid, hostname()), at: before.toISOString() };
    await writeFile(join(journal.folder, 'journal.jsonl'), `${JSON.stringify(line)}\n`);
    expect(await state()).toBe('interrupted');
  });

  it('that a killed program had claimed for a resume is claimed again at once', async () => {
    const deploy = await journalOf({ ...(await living()), started: '1' });
    const [of] = (await readDeploys(configDir)).deploys;
    if (!of) throw new Error('it is there');
    const path = join(deploysFolder(configDir), deploy, 'claim');
    const mark = await living();
    await writeFile(path, JSON.stringify(mark));
    expect(await claim(of, [], configDir)).toMatchObject({ error: { code: 'deploy-running' } });
    process.kill(mark.pid, 'SIGKILL');
    expect((await claim(of, [], configDir)).ok).toBe(true);
  });

  it('that was settled since it was read is not claimed', async () => {
    await journalOf({ ...(await living()), started: '1' });
    const [of] = (await readDeploys(configDir)).deploys;
    if (!of) throw new Error('it is there');
    await addToJournal(of.folder, { kind: 'settled', by: 'another', purpose: 'resume' }, systemClock);
    expect(await claim(of, [], configDir)).toMatchObject({ error: { code: 'plan-changed' } });
    // And nothing of the claim is left.
    const [settled] = (await readDeploys(configDir)).deploys;
    expect(settled && (await claim(settled, [], configDir)).ok).toBe(true);
  });
});

describe('a journal that this program cannot read', () => {
  let configDir: string;
  inOwnFolder('unread', (made) => (configDir = made));

  const put = async (...lines: readonly unknown[]): Promise<string> => {
    const journal = value(await openJournal(configDir, systemClock));
    await journal.close();
    const text = lines.map((it) => (typeof it === 'string' ? it : `${JSON.stringify(it)}\n`)).join('');
    await writeFile(join(journal.folder, 'journal.jsonl'), text);
    return journal.deploy;
  };
  const holds = async () =>
    whatHolds(await readDeploys(configDir), FLEET_OF_HEAD).unreadable.map((it) => it.deploy);
  const newer = { kind: 'deploy', format: 2, at: new Date().toISOString(), fleet: FLEET_OF_HEAD };

  it('of a newer format holds its own fleet back, until it has ended or a person says so', async () => {
    const deploy = await put(newer, { kind: 'step', of: 'the future' });
    expect(await holds()).toEqual([deploy]);
    await put({ ...newer, fleet: { path: '/other.toml', name: 'Other' } });
    await put(newer, { kind: 'finished', how: 'well' });
    expect(await holds()).toEqual([deploy]);
    expect(value(await notRunning(configDir, FLEET_OF_HEAD))).toEqual([deploy]);
    expect(await holds()).toEqual([]);
  });

  it('of which not even the fleet can be told holds every fleet back', async () => {
    const deploy = await put('nonsense\n', 'more\n');
    expect(await holds()).toEqual([deploy]);
  });

  it('without a whole first line is of a deploy that had not begun anything', async () => {
    await put();
    await put('{"kind":"deploy","form');
    expect(await holds()).toEqual([]);
  });
});
