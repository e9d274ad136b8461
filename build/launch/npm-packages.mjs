import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { NODE_MODULES, OUT, ROOT } from './places.mjs';
import { run } from './run.mjs';
import { duration, say, Stop } from './say.mjs';
import { readStamp, writeStamp } from './stamp.mjs';

const STAMP = join(NODE_MODULES, '.kanilink-stamp');
const MINUTE = 60_000;

/** Installs the npm packages by the lock file, when they are missing or are not those it names. */
export async function installPackages() {
  if (isInstalled()) return;
  await withLock(
    join(OUT, '.locks', 'packages'),
    { what: 'it installs npm packages', limitMs: 15 * MINUTE },
    async () => {
      if (isInstalled()) return;
      const began = Date.now();
      say('installing the npm packages of package-lock.json (about a minute)');
      // No package needs its install script: native parts are optional, and Electron is fetched by us. Warnings are
      // left out: newer packages ask for a newer Node than they need.
      const { code, timedOut } = await runNpm(
        ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error'],
        15 * MINUTE,
      );
      if (timedOut)
        throw new Stop('npm ci did not finish within 15 minutes. Is the package registry reachable?');
      if (code !== 0) throw new Stop(`npm ci failed (exit ${code}); its own words are above.`);
      writeStamp(STAMP, wanted());
      say(`npm packages installed in ${duration(Date.now() - began)}`);
    },
  );
}

/**
 * Runs the npm that came with this Node.
 * @param {readonly string[]} args
 * @param {number} limitMs
 * @param {{ output?: 'said' | 'captured', cwd?: string }} [options]
 */
export function runNpm(args, limitMs, options = {}) {
  const npm = npmProgram();
  const [command, before] = npm ? [process.execPath, [npm]] : ['npm', []];
  return run(command, [...before, ...args], { cwd: ROOT, limitMs, ...options });
}

/** npm's own program when npm started us (on Windows `npm` is a script that Node will not spawn). */
function npmProgram() {
  const started = process.env['npm_execpath'];
  if (started !== undefined && /npm-cli\.[cm]?js$/.test(started)) return started;
  const beside = join(process.execPath, '..', 'node_modules', 'npm', 'bin', 'npm-cli.js');
  return existsSync(beside) ? beside : undefined;
}

function isInstalled() {
  if (readStamp(STAMP) === wanted()) return true;
  const installed = readLock(join(NODE_MODULES, '.package-lock.json'));
  const locked = readLock(join(ROOT, 'package-lock.json'));
  if (installed === undefined || locked === undefined || !holdsAll(installed, locked)) return false;
  writeStamp(STAMP, wanted());
  return true;
}

/** What the stamp says: the lock file's content and the Node that installed it. */
function wanted() {
  const lock = readFileSync(join(ROOT, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex');
  return `${hash} ${process.version} ${process.platform}-${process.arch}`;
}

/** @typedef {Record<string, { version?: string, integrity?: string, optional?: boolean, devOptional?: boolean, peer?: boolean }>} LockedPackages */

/** @param {string} file @returns {LockedPackages | undefined} */
function readLock(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * Says whether what npm noted as installed holds everything the lock file names (someone ran `npm ci` by hand). Optional
 * packages may be missing, they are for other platforms.
 * @param {LockedPackages} installed
 * @param {LockedPackages} locked
 */
export function holdsAll(installed, locked) {
  const wrong = Object.keys(installed).some((path) => locked[path] === undefined);
  if (wrong) return false;
  return Object.entries(locked).every(([path, { version, integrity, optional, devOptional }]) => {
    if (path === '') return true;
    const found = installed[path];
    if (found === undefined) return optional === true || devOptional === true;
    return found.version === version && found.integrity === integrity;
  });
}
