import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buildIfStale } from './build.mjs';
import { hasDisplay, hasXvfb, withVirtualDisplay } from './display.mjs';
import { findElectron } from './electron.mjs';
import { OUT, ROOT } from './places.mjs';
import { run, runInForeground } from './run.mjs';
import { duration, say, Stop } from './say.mjs';
import { installPackages } from './npm-packages.mjs';
import { FOR_A_VIRTUAL_DISPLAY, FOR_THE_WINDOW } from './system-packages.mjs';
import { howToInstall, missingLibraries, provideSystemPackages } from './system-setup.mjs';

/** @typedef {import('./electron.mjs').Electron} Electron */

const TOUR_LIMIT_MS = 15 * 60_000;

/**
 * `start`: opens the window; without a display, or with `--tour`, plays the tour under a virtual one.
 * @param {readonly string[]} args passed on to the app or the tour, `--tour` excepted
 * @returns {Promise<number>} exit code
 */
export async function start(args) {
  const tour = args.includes('--tour') || !hasDisplay();
  const rest = args.filter((argument) => argument !== '--tour');
  const electron = await setUpForTheWindow(tour);
  if (!tour) return openWindow(electron, rest);
  if (!hasDisplay()) say('there is no display here: playing the tour under a virtual one');
  return playTour({ electron: electron.executable, app: ROOT }, rest);
}

/**
 * Installs and builds everything the window needs.
 * @param {boolean} virtualDisplay whether it is going to be shown on a virtual display
 * @returns {Promise<Electron>}
 * @throws {Stop} when Electron would not start for lack of system libraries
 */
export async function setUpForTheWindow(virtualDisplay) {
  await installPackages();
  const packages = virtualDisplay ? [...FOR_THE_WINDOW, ...FOR_A_VIRTUAL_DISPLAY] : FOR_THE_WINDOW;
  await provideSystemPackages(packages);
  const electron = await findElectron();
  const missing = await missingLibraries(electron.executable);
  if (missing.length > 0) {
    throw new Stop(
      `Electron can't start, libraries are missing: ${missing.join(', ')}\n${howToInstall(packages)}`,
    );
  }
  await buildIfStale();
  return electron;
}

/**
 * Plays the tour, under a virtual display on Linux.
 * @param {{ electron: string, app: string }} what an Electron executable, and the app's folder or a packaged executable
 * @param {readonly string[]} args for the tour
 * @returns {Promise<number>} the tour's exit code
 */
export async function playTour(what, args) {
  /** @param {NodeJS.ProcessEnv} env */
  const play = async (env) => {
    const tour = await run(process.execPath, [join(OUT, 'tour', 'tour.cjs'), ...args], {
      cwd: ROOT,
      env: { ...env, KANILINK_ELECTRON: what.electron, KANILINK_APP: what.app },
      limitMs: TOUR_LIMIT_MS,
    });
    if (tour.timedOut) say(`the tour did not end within ${duration(TOUR_LIMIT_MS)} and was stopped`);
    return tour.code;
  };
  if (process.platform !== 'linux') return play(process.env);
  if (!hasXvfb())
    throw new Stop(`The tour needs a virtual display (Xvfb).\n${howToInstall(FOR_A_VIRTUAL_DISPLAY)}`);
  return withVirtualDisplay(play);
}

/**
 * @param {Electron} electron
 * @param {readonly string[]} args
 */
function openWindow(electron, args) {
  const flags = [];
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    say("running as root: Chromium's sandbox can't be used (--no-sandbox). Prefer a user of your own.");
    flags.push('--no-sandbox');
  } else {
    warnOfBlockedSandbox(electron);
  }
  return runInForeground(electron.executable, [...flags, ROOT, ...args], { cwd: callerFolder() });
}

/** Where `npm` was called: relative paths in the arguments start there. */
export const callerFolder = () => process.env['INIT_CWD'] ?? process.cwd();

/**
 * Where a distribution forbids unprivileged user namespaces (Ubuntu since 23.10), Electron refuses to start unless its
 * sandbox helper belongs to root; it says so in words few understand.
 * @param {Electron} electron
 */
function warnOfBlockedSandbox(electron) {
  const forbids = [
    ['/proc/sys/kernel/apparmor_restrict_unprivileged_userns', '1'],
    ['/proc/sys/kernel/unprivileged_userns_clone', '0'],
  ].some(([file = '', value]) => existsSync(file) && readFileSync(file, 'utf8').trim() === value);
  const helper = join(electron.folder, 'chrome-sandbox');
  const status = statSync(helper, { throwIfNoEntry: false });
  if (!forbids || status === undefined || (status.uid === 0 && (status.mode & 0o4000) !== 0)) return;
  say(
    `if the window does not open, allow Chromium's sandbox on this system:\nsudo chown root ${helper} && sudo chmod 4755 ${helper}`,
  );
}
