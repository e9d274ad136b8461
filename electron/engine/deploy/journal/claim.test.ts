import { link, mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { inOwnFolder } from '../../../../test/support/own-folder';
import { headOf, recordOfTest } from '../../../../test/support/past-deploy';
import { value } from '../../../../test/support/results';
import { systemClock } from '../../base/time';
import { claim } from './claim';
import { addToJournal, openJournal } from './journal';
import { type DeployRecord, readJournal } from './read-journal';

/* Of two who resume one interrupted deploy, one gets through; a claim nobody holds any more holds nobody up. */

vi.mock(import('node:fs/promises'), async (original) => {
  const real = await original();
  return { ...real, link: vi.fn(real.link) };
});

/** No process has this number: Linux' largest is 4194304. */
const NOBODY = 2 ** 30;
const REFUSED = { error: { code: 'deploy-running' } };
let configDir: string;
inOwnFolder('claim', (made) => (configDir = made));

/** A deploy whose program is gone. */
async function interrupted(): Promise<DeployRecord> {
  const journal = value(await openJournal(configDir, systemClock));
  await journal.write(headOf(journal.deploy, NOBODY));
  await journal.close();
  const record = value(await readJournal(journal.folder));
  expect(record.state).toBe('interrupted');
  return record;
}
const claimFile = (of: DeployRecord): string => join(of.folder, 'claim');

it('a second claim is refused, with the process that holds it, until the first is given back', async () => {
  const of = await interrupted();
  const first = value(await claim(of, [of], configDir));
  expect((await stat(claimFile(of))).mode & 0o777).toBe(0o600);
  expect(await claim(of, [of], configDir)).toMatchObject({
    error: { code: 'deploy-running', message: expect.stringContaining(String(process.pid)) as string },
  });
  await first.release();
  expect(await readdir(of.folder)).not.toContain('claim');
  expect((await claim(of, [of], configDir)).ok).toBe(true);
});

it('a resume of it that runs keeps others from it; what runs beside it, or is over, does not', async () => {
  const of = await interrupted();
  const its = (state: DeployRecord['state'], lock: string) => recordOfTest('later', { lock }, [], { state });
  expect(await claim(of, [its('running', of.header.lock), of], configDir)).toMatchObject(REFUSED);
  const others = [its('running', 'another'), its('interrupted', of.header.lock), of];
  expect((await claim(of, others, configDir)).ok).toBe(true);
});

it('what ended it after it was read, whatever that was, is looked at again', async () => {
  const of = await interrupted();
  await addToJournal(of.folder, { kind: 'finished', outcome: 'done', problems: [] }, systemClock);
  expect(await claim(of, [of], configDir)).toMatchObject({ error: { code: 'plan-changed' } });
  expect(await readdir(of.folder)).not.toContain('claim');
});

it('a claim of an older version, its number alone, counts while that process may live', async () => {
  const of = await interrupted();
  await writeFile(claimFile(of), String(process.ppid));
  expect(await claim(of, [of], configDir)).toMatchObject({
    error: { message: expect.stringContaining(String(process.ppid)) as string },
  });
  // The process of that number began after the claim: it is another one.
  await utimes(claimFile(of), 1, 1);
  expect((await claim(of, [of], configDir)).ok).toBe(true);
});

it.each([
  ['of a process that is gone', String(NOBODY)],
  ['cut off', '{"pid":'],
  ['empty', ''],
])('a claim that is %s is taken over', async (_what, text) => {
  const of = await interrupted();
  await writeFile(claimFile(of), text);
  expect((await claim(of, [of], configDir)).ok).toBe(true);
});

it('of many who find the claim of one that was killed, one gets through, and takes no other’s away', async () => {
  const of = await interrupted();
  await writeFile(claimFile(of), String(NOBODY));
  const all = await Promise.all(Array.from({ length: 8 }, () => claim(of, [of], configDir)));
  expect(all.filter(({ ok }) => ok)).toHaveLength(1);
  // The dead one is still there, and nothing half written.
  expect((await readdir(of.folder)).filter((it) => it.startsWith('claim')).sort()).toEqual([
    'claim',
    'claim.1',
  ]);
  for (const it of all) if (it.ok) await it.value.release();
  expect((await claim(of, [of], configDir)).ok).toBe(true);
});

it('a claim that is given back while others ask never has two holders', async () => {
  const of = await interrupted();
  let [holders, most, turns] = [0, 0, 0];
  const ask = async (): Promise<void> => {
    for (let round = 0; round < 40; round += 1) {
      const got = await claim(of, [of], configDir);
      if (!got.ok) continue;
      turns += 1;
      most = Math.max(most, (holders += 1));
      await new Promise((resolve) => setImmediate(resolve));
      holders -= 1;
      await got.value.release();
    }
  };
  await Promise.all(Array.from({ length: 6 }, ask));
  expect(most).toBe(1);
  expect(turns).toBeGreaterThan(1);
});

it('where the claim cannot be written nothing is claimed, and it says where', async () => {
  const of = await interrupted();
  const gone = { ...of, header: { ...of.header, lock: 'gone' } };
  expect(await claim(gone, [of], configDir)).toMatchObject({
    error: { code: 'journal-unwritable', where: { file: join(configDir, 'deploys', 'gone', 'claim') } },
  });
});

it('a claim that cannot be read is not taken for one of a process that is gone', async () => {
  const of = await interrupted();
  await mkdir(claimFile(of));
  expect(await claim(of, [of], configDir)).toMatchObject({
    error: { code: 'journal-unwritable', where: { file: claimFile(of) } },
  });
  expect((await readdir(of.folder)).filter((it) => it.startsWith('claim'))).toEqual(['claim']);
});

const failing = (code: string): Error => Object.assign(new Error(code), { code });

it('a file system without links has claims too, and one holder of each', async () => {
  const of = await interrupted();
  vi.mocked(link).mockRejectedValueOnce(failing('EPERM')).mockRejectedValueOnce(failing('ENOTSUP'));
  const first = value(await claim(of, [of], configDir));
  expect(JSON.parse(await readFile(claimFile(of), 'utf8'))).toMatchObject({ pid: process.pid });
  expect((await stat(claimFile(of))).mode & 0o777).toBe(0o600);
  expect(await claim(of, [of], configDir)).toMatchObject(REFUSED);
  expect((await readdir(of.folder)).filter((it) => it.startsWith('claim'))).toEqual(['claim']);
  await first.release();
  expect(await readdir(of.folder)).not.toContain('claim');
});

it('a disk that is full at the claim lets nobody through and leaves nothing beside it', async () => {
  const of = await interrupted();
  vi.mocked(link).mockRejectedValueOnce(failing('ENOSPC'));
  expect(await claim(of, [of], configDir)).toMatchObject({ error: { code: 'journal-unwritable' } });
  expect((await readdir(of.folder)).filter((it) => it.startsWith('claim'))).toEqual([]);
});
