import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIfStale } from './build.mjs';
import { ONE_FAILED, ONE_PASSED, ONE_SKIPPED, sum, summaryLine } from './counts.mjs';
import { findProgram, hasDisplay, hasXvfb, withVirtualDisplay } from './display.mjs';
import { findElectron } from './electron.mjs';
import { installPackages } from './npm-packages.mjs';
import { buildPackage } from './package.mjs';
import { ROOT } from './places.mjs';
import { atEnd } from './run.mjs';
import { duration, say, Stop } from './say.mjs';
import { playTour } from './start.mjs';
import {
  FOR_A_VIRTUAL_DISPLAY,
  FOR_ENGINE_TESTS,
  FOR_SSH_TESTS,
  FOR_THE_WINDOW,
} from './system-packages.mjs';
import { howToInstall, missingLibraries, provideSystemPackages } from './system-setup.mjs';
import { holdsTests, lint, types, vitest } from './test-parts.mjs';

/** @typedef {import('./counts.mjs').Counts} Counts */
/** @typedef {import('./electron.mjs').Electron} Electron */
/** @typedef {import('./system-packages.mjs').SystemPackage} SystemPackage */

/**
 * One part of a test run.
 * @typedef {object} Part
 * @property {() => Promise<Counts>} run
 * @property {readonly SystemPackage[]} [packages] what it needs of the system
 * @property {boolean} [needsElectron]
 * @property {() => string | undefined} [lacks] why it can't run here
 * @property {boolean} [aside] keeps its output to itself until it has ended: runs beside the others, which use one processor
 *   or wait for servers; several of them one after the other
 */

const MINUTE = 60_000;

/**
 * How many times its usual limit a part may take: the long run (`--long`, KANILINK_LONG=1) plays whole matrices and
 * hundreds of thousands of cases.
 */
let patience = 1;

/**
 * `test`: sets up, builds, and runs everything, or with `--only part,part` some of it; `--long` runs every case of the
 * tests that otherwise play a sample. The last line it prints is the sum: `N passed, N failed, N skipped`.
 * @param {readonly string[]} args
 * @returns {Promise<number>} 0 when nothing failed
 */
export async function test(args) {
  const began = Date.now();
  if (args.includes('--long')) {
    process.env['KANILINK_LONG'] = '1';
    patience = 20;
  }
  await installPackages();
  /** @type {{ electron?: Electron }} */
  const found = {};
  const parts = partsToRun(args, partsWith(found));
  await provideSystemPackages([...new Set(parts.flatMap(([, part]) => part.packages ?? []))]);
  const noElectron = parts.some(([, part]) => part.needsElectron) ? await lookForElectron(found) : undefined;
  await buildIfStale();

  /** @type {Counts[]} */
  const results = [];
  /** @type {string[]} */
  const lines = [];
  /** @param {[string, Part]} named */
  const runPart = async ([name, part]) => {
    const partBegan = Date.now();
    say(`--- ${name}${part.aside ? ', beside the others' : ''}`);
    const missing = part.lacks?.() ?? (part.needsElectron ? noElectron : undefined);
    const counts = missing === undefined ? await part.run() : withoutRunning(name, missing);
    results.push(counts);
    lines.push(`${name.padEnd(12)} ${summaryLine(counts).padEnd(36)} ${duration(Date.now() - partBegan)}`);
    say(`--- ${name}: ${summaryLine(counts)} in ${duration(Date.now() - partBegan)}`);
  };
  const runAside = async () => {
    for (const named of parts.filter(([, part]) => part.aside)) await runPart(named);
  };
  const aside = runAside();
  for (const named of parts.filter(([, part]) => !part.aside)) await runPart(named);
  await aside;
  const total = sum(results);
  say(`all parts in ${duration(Date.now() - began)}\n${lines.join('\n')}`);
  process.stdout.write(`${summaryLine(total)}\n`);
  return total.failed === 0 ? 0 : 1;
}

/**
 * @param {{ electron?: Electron }} found
 * @returns {Record<string, Part>} in the order in which they run
 */
function partsWith(found) {
  const electron = () => {
    if (found.electron === undefined) throw new Error('a part that needs Electron says so');
    return found.electron;
  };
  const packages = [...FOR_THE_WINDOW, ...FOR_A_VIRTUAL_DISPLAY];
  const inTheWindow = { packages, needsElectron: true, lacks: lacksDisplay };
  /** @type {Record<string, Part>} */
  const parts = {
    lint: { run: lint, aside: true },
    types: { run: types, aside: true },
    unit: { run: () => vitest('unit', patience * 12 * MINUTE) },
    conformance: { run: () => vitest('conformance', patience * 12 * MINUTE) },
    ssh: {
      run: () => vitest('ssh', patience * 15 * MINUTE),
      packages: FOR_SSH_TESTS,
      lacks: lacksSshd,
    },
    real: {
      run: () => vitest('real', patience * 20 * MINUTE, { aside: true }),
      packages: FOR_ENGINE_TESTS,
      lacks: lacksEngine,
      aside: true,
    },
    e2e: { run: () => endToEnd(electron()), ...inTheWindow },
    package: { run: () => packaged(electron()), ...inTheWindow },
  };
  // Tests on real machines are not part of every checkout.
  if (!holdsTests('test/real')) delete parts['real'];
  return parts;
}

/**
 * @param {readonly string[]} args
 * @param {Record<string, Part>} parts
 */
function partsToRun(args, parts) {
  const at = args.findIndex((argument) => argument.startsWith('--only'));
  if (at < 0) return Object.entries(parts);
  const names = (args[at]?.split('=')[1] ?? args[at + 1] ?? '').split(',').filter((name) => name !== '');
  const unknown = names.filter((name) => parts[name] === undefined);
  if (names.length === 0 || unknown.length > 0) {
    const known = Object.keys(parts).join(', ');
    throw new Stop(
      `--only takes parts with commas between them, of: ${known}${unknown.length > 0 ? `\nnot: ${unknown.join(', ')}` : ''}`,
      64,
    );
  }
  return Object.entries(parts).filter(([name]) => names.includes(name));
}

/**
 * @param {{ electron?: Electron }} found
 * @returns {Promise<string | undefined>} why there is none that runs
 */
async function lookForElectron(found) {
  try {
    found.electron = await findElectron();
  } catch (error) {
    if (error instanceof Stop) return error.message;
    throw error;
  }
  const missing = await missingLibraries(found.electron.executable);
  if (missing.length === 0) return undefined;
  return `Electron can't start, libraries are missing: ${missing.join(', ')}\n${howToInstall(FOR_THE_WINDOW)}`;
}

/**
 * A part that can't run is skipped, never passed. In CI it has failed: what is missing could have been installed.
 * @param {string} name
 * @param {string} missing
 */
function withoutRunning(name, missing) {
  const inCi = process.env['CI'] === 'true';
  say(`${name} can't run: ${missing}${inCi ? '\nCI=true: counted as a failure' : ''}`);
  return inCi ? ONE_FAILED : ONE_SKIPPED;
}

const lacksSshd = () =>
  findProgram('sshd') === undefined ? `there is no sshd.\n${howToInstall(FOR_SSH_TESTS)}` : undefined;

const lacksEngine = () =>
  findProgram('dockerd') === undefined
    ? `there is no Docker Engine.\n${howToInstall(FOR_ENGINE_TESTS)}`
    : undefined;

const lacksDisplay = () =>
  hasXvfb() || hasDisplay()
    ? undefined
    : `there is no display and no Xvfb.\n${howToInstall(FOR_A_VIRTUAL_DISPLAY)}`;

/** @param {Electron} electron */
function endToEnd(electron) {
  const variables = { KANILINK_ELECTRON: electron.executable, KANILINK_APP: ROOT };
  /** @param {NodeJS.ProcessEnv} env */
  const play = (env) => vitest('e2e', patience * 20 * MINUTE, { env: { ...env, ...variables } });
  return hasXvfb() ? withVirtualDisplay(play) : play(process.env);
}

/**
 * Builds the package, moves it out of the checkout and plays the tour in it: two tests.
 * @param {Electron} electron
 * @returns {Promise<Counts>}
 */
async function packaged(electron) {
  const folder = mkdtempSync(join(tmpdir(), 'kanilink-package-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const forget = atEnd(remove);
  try {
    const built = await buildPackage(electron, { inspectable: true, output: join(folder, 'built') });
    if (built === undefined) return sum([ONE_FAILED, ONE_SKIPPED]);
    const code = await playTour({ electron: built.executable, app: built.executable }, []);
    if (code !== 0) say(`the tour in the package failed (exit ${code})`);
    return sum([ONE_PASSED, code === 0 ? ONE_PASSED : ONE_FAILED]);
  } finally {
    forget();
    remove();
  }
}
