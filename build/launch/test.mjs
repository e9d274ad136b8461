import { buildIfStale } from './build.mjs';
import { ONE_FAILED, ONE_SKIPPED, sum, summaryLine } from './counts.mjs';
import { findProgram, hasDisplay, hasXvfb, withVirtualDisplay } from './display.mjs';
import { findElectron } from './electron.mjs';
import { KANIDM_LIMIT_MS, noKanidm } from './kanidm-part.mjs';
import { installPackages } from './npm-packages.mjs';
import { packaged } from './package-part.mjs';
import { ROOT } from './places.mjs';
import { duration, say, Stop } from './say.mjs';
import {
  FOR_A_VIRTUAL_DISPLAY,
  FOR_COMPLETIONS,
  FOR_ENGINE_TESTS,
  FOR_PACKAGES,
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
 * @property {() => string | undefined} [unasked] why it doesn't run though it could: nobody asked for it
 * @property {boolean} [aside] keeps its output to itself until it has ended: runs beside the others, which use one processor
 *   or wait for servers; several of them one after the other
 */

const MINUTE = 60_000;

/**
 * How many times its usual limit a part may take: the long run (`--long`, KANILINK_LONG=1) plays whole matrices and
 * hundreds of thousands of cases.
 */
let patience = 1;

/** Only tests whose path contains one of these; none: all. @type {readonly string[]} */
let files = [];

/**
 * `test`: sets up, builds, and runs everything, or with `--only part,part` some of it, with `--file path,path` only such
 * files of those that vitest runs; `--long` runs every case of the tests that otherwise play a sample. The last line it prints is the sum: `N passed, N failed, N skipped`.
 * @param {readonly string[]} args
 * @returns {Promise<number>} 0 when nothing failed
 */
export async function test(args) {
  const began = Date.now();
  if (args.includes('--long')) {
    process.env['KANILINK_LONG'] = '1';
    patience = 20;
  }
  files = listed(args, '--file') ?? [];
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
    const counts = notRun(name, part, noElectron) ?? (await part.run());
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
  if (total.unsteady) say(`failed once, passed in a second run:\n${total.unsteady.join('\n')}`);
  if (total.failures) say(`failed:\n${total.failures.join('\n')}`);
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
    unit: { run: () => vitest('unit', patience * 20 * MINUTE, { files }) },
    conformance: { run: () => vitest('conformance', patience * 12 * MINUTE, { twice: true, files }) },
    ssh: {
      run: () => vitest('ssh', patience * 25 * MINUTE, { twice: true, files }),
      packages: FOR_SSH_TESTS,
      lacks: lacksSshd,
    },
    real: {
      run: () => vitest('real', patience * 30 * MINUTE, { aside: true, twice: true, files }),
      packages: FOR_ENGINE_TESTS,
      lacks: lacksEngine,
      aside: true,
    },
    kanidm: {
      run: () => vitest('kanidm', patience * KANIDM_LIMIT_MS, { twice: true, files }),
      packages: noKanidm() === undefined ? FOR_ENGINE_TESTS : [],
      unasked: noKanidm,
      lacks: lacksEngine,
    },
    e2e: { run: () => endToEnd(electron()), ...inTheWindow },
    package: {
      run: () => packaged(electron(), { limitMs: patience * 15 * MINUTE, files }),
      ...inTheWindow,
      packages: [...packages, ...FOR_ENGINE_TESTS, ...FOR_PACKAGES, ...FOR_COMPLETIONS],
    },
  };
  // Tests on real machines are not part of every checkout.
  if (!holdsTests('test/real')) delete parts['real'];
  return parts;
}

/**
 * What an option lists, with commas between.
 * @param {readonly string[]} args
 * @param {'--only' | '--file'} option
 * @returns {readonly string[] | undefined} undefined: the option is not given
 */
function listed(args, option) {
  const at = args.findIndex((argument) => argument === option || argument.startsWith(`${option}=`));
  if (at < 0) return undefined;
  return (args[at]?.split('=')[1] ?? args[at + 1] ?? '').split(',').filter((one) => one !== '');
}

/**
 * @param {readonly string[]} args
 * @param {Record<string, Part>} parts
 */
function partsToRun(args, parts) {
  const names = listed(args, '--only');
  if (names === undefined) return Object.entries(parts);
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
 * A part that doesn't run is skipped, never passed. What can't run has failed in CI: what is missing could have been
 * installed. What nobody asked for has not.
 * @param {string} name
 * @param {Part} part
 * @param {string | undefined} noElectron
 * @returns {Counts | undefined} undefined: it runs
 */
function notRun(name, { unasked, lacks, needsElectron }, noElectron) {
  const why = unasked?.();
  if (why !== undefined) {
    say(`${name} is skipped: ${why}`);
    return ONE_SKIPPED;
  }
  const missing = lacks?.() ?? (needsElectron ? noElectron : undefined);
  if (missing === undefined) return undefined;
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

/**
 * In the app that KANILINK_TEST_APP names, the executable of one that was installed or unpacked (of a package made with
 * `--inspectable`); else in the checkout.
 * @param {Electron} electron
 */
function endToEnd(electron) {
  const named = process.env['KANILINK_TEST_APP'] || undefined;
  const variables = { KANILINK_ELECTRON: named ?? electron.executable, KANILINK_APP: named ?? ROOT };
  /** @param {NodeJS.ProcessEnv} env */
  const play = (env) =>
    vitest('e2e', patience * 35 * MINUTE, { env: { ...env, ...variables }, twice: true, files });
  return hasXvfb() ? withVirtualDisplay(play) : play(process.env);
}
