import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isAbandoned, withLock } from './lock.mjs';
import { inOwnFolder } from '../../test/support/own-folder';

let folder: string;
let lock: string;
const about = { what: 'it tests', limitMs: 20_000 };
inOwnFolder('lock', (made) => {
  folder = made;
  lock = join(folder, 'locks', 'build');
});

/** A lock as another process has left it. */
function heldBy(pid: number, host = hostname()) {
  mkdirSync(lock, { recursive: true });
  writeFileSync(join(lock, 'owner.json'), JSON.stringify({ pid, host, token: 'theirs' }));
}

const endedProcess = () => spawnSync(process.execPath, ['--version']).pid;

test('two who want it work one after the other', async () => {
  const events: string[] = [];
  const work = (name: string) => async () => {
    events.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    events.push(`${name} ends`);
  };
  await Promise.all([withLock(lock, about, work('a')), withLock(lock, about, work('b'))]);
  expect(events.map((event) => event.slice(2))).toEqual(['begins', 'ends', 'begins', 'ends']);
  expect(existsSync(lock)).toBe(false);
});

test('it is given back when the work fails', async () => {
  const failing = withLock(lock, about, () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect(existsSync(lock)).toBe(false);
});

test('one whose holder has ended is taken over', async () => {
  heldBy(endedProcess());
  expect(await withLock(lock, about, () => Promise.resolve('done'))).toBe('done');
});

test('one that is held is not taken: waiting ends with a message', async () => {
  heldBy(process.pid);
  const waiting = withLock(lock, { ...about, limitMs: 1 }, () => Promise.resolve());
  await expect(waiting).rejects.toThrow(/it tests.\nIf none runs any more, delete/);
});

test('a holder on another machine is judged by its last sign of life', () => {
  heldBy(endedProcess(), 'another-machine');
  expect(isAbandoned(lock)).toBe(false);
  utimesSync(lock, 1, 1);
  expect(isAbandoned(lock)).toBe(true);
});
