import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { atEnd } from './run.mjs';
import { say, Stop } from './say.mjs';

const HEARTBEAT_MS = 5_000;
/** A holder on another machine (a shared home folder) is judged by its heartbeat alone. */
const SILENT_MS = 60_000;

/** @typedef {{ pid: number, host: string, token: string }} Owner */

/**
 * Does work that no two launchers may do at once. The lock is a folder, whose making is atomic; it is taken over when
 * its holder is gone.
 * @template T
 * @param {string} folder where the lock lies; its parents are made
 * @param {{ what: string, limitMs: number }} about what the holder does, for people who have to wait; how long to wait
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(folder, about, work) {
  const release = await take(folder, about);
  try {
    return await work();
  } finally {
    release();
  }
}

/**
 * @param {string} folder
 * @param {{ what: string, limitMs: number }} about
 */
async function take(folder, about) {
  /** @type {Owner} */
  const owner = { pid: process.pid, host: hostname(), token: randomUUID() };
  const deadline = Date.now() + about.limitMs;
  let said = false;
  mkdirSync(dirname(folder), { recursive: true });
  while (!tryTake(folder, owner)) {
    if (isAbandoned(folder)) {
      removeAbandoned(folder);
      continue;
    }
    if (Date.now() > deadline) {
      throw new Stop(
        `Another launcher is still busy: ${about.what}.\nIf none runs any more, delete ${folder}`,
      );
    }
    if (!said) say(`waiting for another launcher: ${about.what}`);
    said = true;
    await sleep(200);
  }
  const heartbeat = setInterval(() => touch(folder), HEARTBEAT_MS).unref();
  const drop = () => {
    clearInterval(heartbeat);
    if (ownerOf(folder)?.token === owner.token) rmSync(folder, { recursive: true, force: true });
  };
  const forget = atEnd(drop);
  return () => {
    forget();
    drop();
  };
}

/**
 * @param {string} folder
 * @param {Owner} owner
 */
function tryTake(folder, owner) {
  try {
    mkdirSync(folder);
    writeFileSync(join(folder, 'owner.json'), JSON.stringify(owner));
    return true;
  } catch (error) {
    // ENOENT: a waiter who took the old lock for abandoned has moved the new one away for a moment.
    if (isCode(error, 'EEXIST') || isCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/**
 * Says whether the holder of a lock is gone: its process has ended, or it has given no sign of life for a minute.
 * @param {string} folder
 * @param {number} [now] ms since the epoch
 */
export function isAbandoned(folder, now = Date.now()) {
  const owner = ownerOf(folder);
  if (owner?.host === hostname() && !isAlive(owner.pid)) return true;
  try {
    return now - statSync(folder).mtimeMs > SILENT_MS;
  } catch {
    return false;
  }
}

/**
 * Moves it away before removing it: of several waiters one succeeds. What was moved is looked at again, for another
 * waiter may have taken the lock over in the meantime.
 * @param {string} folder
 */
function removeAbandoned(folder) {
  const aside = `${folder}.${randomUUID()}`;
  try {
    renameSync(folder, aside);
    if (isAbandoned(aside)) rmSync(aside, { recursive: true, force: true });
    else renameSync(aside, folder);
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
}

/** @param {string} folder @returns {Owner | undefined} */
function ownerOf(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, 'EPERM');
  }
}

/** @param {string} folder */
function touch(folder) {
  try {
    const now = new Date();
    utimesSync(folder, now, now);
  } catch {
    // The lock was taken away by hand: the work goes on, it is nearly done.
  }
}

/**
 * @param {unknown} error
 * @param {string} code
 */
export const isCode = (error, code) => error instanceof Error && 'code' in error && error.code === code;
