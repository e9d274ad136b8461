import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inOwnFolder } from '../../../../test/support/own-folder';
import { FLEET_OF_HEAD, headOf, recordOfTest } from '../../../../test/support/past-deploy';
import { value } from '../../../../test/support/results';
import { jobKind, settles } from '../../../../shared/plan/model/job';
import { systemClock } from '../../base/time';
import { checkInterrupted } from '../plan/plan-job';
import { notRunning } from '../run/not-running';
import { glanceAt, sayNotRunning } from './glance';
import { deploysFolder, openJournal } from './journal';
import { type DeployRecord, isOf, readDeploys, whatHolds } from './read-journal';

/* Which journals stand in the way of a new deploy, and of whose fleet they are. */

let configDir: string;
inOwnFolder('which-holds', (made) => (configDir = made));

const OTHER = { fleet: { path: '/home/other.toml', name: FLEET_OF_HEAD.name, sha256: '' } };
const holds = (...deploys: readonly DeployRecord[]) => {
  const { interrupted, running } = whatHolds({ deploys, unreadable: [] }, FLEET_OF_HEAD);
  return [interrupted?.deploy ?? null, running?.deploy ?? null];
};
const record = (deploy: string, state: DeployRecord['state'], head = {}, settledBy: string | null = null) =>
  recordOfTest(deploy, head, [], { state, settledBy });

it('the newest that runs and the newest that was interrupted hold a fleet back, and no other’s do', () => {
  expect(holds(record('3', 'finished'), record('2', 'running'), record('1', 'running'))).toEqual([null, '2']);
  expect(holds(record('2', 'interrupted'), record('1', 'interrupted'))).toEqual(['2', null]);
  expect(holds(record('2', 'interrupted', {}, '3'), record('1', 'interrupted'))).toEqual(['1', null]);
  expect(holds(record('2', 'running', OTHER), record('1', 'interrupted', OTHER))).toEqual([null, null]);
});

it('a fleet is known by its file; one that lies nowhere by its name', () => {
  const nowhere = (name: string) => recordOfTest('1', { fleet: { path: null, name, sha256: '' } });
  expect(isOf(nowhere('Home'), { path: null, name: 'Home' })).toBe(true);
  expect(isOf(nowhere('Lab'), { path: null, name: 'Home' })).toBe(false);
  expect(isOf(nowhere('Home'), FLEET_OF_HEAD)).toBe(false);
  expect(isOf(recordOfTest('1'), { path: null, name: FLEET_OF_HEAD.name })).toBe(false);
  // It was given another name since.
  expect(isOf(recordOfTest('1'), { ...FLEET_OF_HEAD, name: 'Lab' })).toBe(true);
});

it('an interrupted deploy lets nothing through but what finishes or undoes it', () => {
  const past = { deploys: [record('1', 'interrupted')], unreadable: [] };
  const through = jobKind.options.filter(
    (kind) =>
      checkInterrupted({ kind } as Parameters<typeof checkInterrupted>[0], FLEET_OF_HEAD, past) === null,
  );
  expect(through).toEqual(['resume', 'rollback']);
  expect(jobKind.options.filter(settles)).toEqual(through);
});

it('a journal that is there and cannot be opened may have been interrupted; a folder without one had not begun', async () => {
  const [odd, empty] = ['odd', 'empty'].map((it) => join(deploysFolder(configDir), it));
  if (odd === undefined || empty === undefined) throw new Error('both are named');
  await mkdir(join(odd, 'journal.jsonl'), { recursive: true });
  await mkdir(empty);
  expect(await glanceAt('empty', empty)).toBeNull();
  expect(await glanceAt('odd', odd)).toMatchObject({
    deploy: 'odd',
    over: false,
    fleet: null,
    outcome: null,
  });
  const past = await readDeploys(configDir);
  expect(past.unreadable.map(({ deploy }) => deploy)).toEqual(['odd']);
  expect(whatHolds(past, FLEET_OF_HEAD).unreadable).toHaveLength(1);
  await sayNotRunning(odd, 'alex');
  expect(whatHolds(await readDeploys(configDir), FLEET_OF_HEAD).unreadable).toEqual([]);
});

it('what a journal of the future says of its end is told, whichever line says it', async () => {
  const folder = join(deploysFolder(configDir), 'd');
  await mkdir(folder, { recursive: true });
  const glance = async (...lines: readonly unknown[]) => {
    const text = lines.map((it) => `${JSON.stringify(it)}\n`).join('');
    await writeFile(join(folder, 'journal.jsonl'), text);
    return glanceAt('d', folder);
  };
  const head = { kind: 'deploy', format: 9 };
  expect(await glance(head, { kind: 'step' })).toMatchObject({ over: false, outcome: null, format: 9 });
  const end = { kind: 'finished', outcome: 'done' };
  expect(await glance(head, { kind: 'settled', outcome: null }, end)).toMatchObject({
    over: true,
    outcome: 'done',
  });
  expect(await glance(head, { kind: 'settled' })).toMatchObject({ over: true, outcome: null });
});

it('deploys are read newest first, whatever order the disk lists them in', async () => {
  const made: string[] = [];
  for (const day of [3, 1, 2]) {
    const journal = value(await openJournal(configDir, { now: () => Date.UTC(2026, 10, day) }));
    await journal.write(headOf(journal.deploy, 2 ** 30));
    await journal.close();
    made.push(journal.deploy);
  }
  const read = (await readDeploys(configDir)).deploys.map(({ deploy }) => deploy);
  expect(read).toEqual([made[0], made[2], made[1]]);
});

it('a journal is not opened where the folder cannot be made', async () => {
  const file = join(configDir, 'a-file');
  await writeFile(file, '');
  expect(await openJournal(file, systemClock)).toMatchObject({
    error: { code: 'journal-unwritable', where: { file: expect.stringContaining(file) as string } },
  });
});

it('a person’s word is taken of what may run, of this fleet, and noted nowhere else', async () => {
  const put = async (head: object): Promise<string> => {
    const journal = value(await openJournal(configDir, systemClock));
    await journal.write({ ...headOf(journal.deploy, 2 ** 30, 'another-desk'), ...head });
    await journal.close();
    return journal.deploy;
  };
  const [mine, theirs, gone] = [await put({}), await put(OTHER), await put({ host: hostname() })];
  expect(value(await notRunning(configDir, FLEET_OF_HEAD))).toEqual([mine]);
  const states = (await readDeploys(configDir)).deploys.map(({ deploy, state }) => [deploy, state]);
  expect(Object.fromEntries(states)).toEqual({
    ...{ [mine]: 'interrupted', [theirs]: 'running', [gone]: 'interrupted' },
  });
  for (const deploy of [theirs, gone])
    expect(await readdir(join(deploysFolder(configDir), deploy))).not.toContain('not-running');
});
