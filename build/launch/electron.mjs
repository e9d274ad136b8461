import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FALLBACK_VERSION, fallbackElectron, isFallbackReady } from './electron-fallback.mjs';
import { withLock } from './lock.mjs';
import { cacheFolder, NODE_MODULES, OUT, ROOT } from './places.mjs';
import { run } from './run.mjs';
import { duration, say, sayLoudly, Stop } from './say.mjs';

/**
 * The Electron in use.
 * @typedef {object} Electron
 * @property {string} folder its unpacked distribution
 * @property {string} executable
 * @property {string} version without the v
 * @property {'override' | 'download' | 'fallback'} from
 */

const PACKAGE = join(NODE_MODULES, 'electron');
const DOWNLOAD_LIMIT_MS = 10 * 60_000;
/** How long a failed download is not tried again, when the fallback is there already. */
const FAILURE_COUNTS_MS = 30 * 60_000;

/**
 * Finds or fetches Electron: the folder named by ELECTRON_OVERRIDE_DIST_PATH, else Electron's own download (which
 * honours ELECTRON_MIRROR), else the fallback of docs/decisions/0003-electron-fallback.md. Says which one runs.
 * @returns {Promise<Electron>}
 */
export async function findElectron() {
  const electron = overriddenElectron() ?? (await downloadedElectron()) ?? (await lastResort());
  if (electron.from === 'fallback') {
    sayLoudly(
      `Electron ${electron.version} (fallback, not the ${wantedVersion()} this project asks for)\n` +
        'Its own download is not reachable from here. Good for developing and testing, not for a release.\n' +
        'Set ELECTRON_MIRROR or ELECTRON_OVERRIDE_DIST_PATH to use another one.',
    );
  } else {
    say(
      `Electron ${electron.version} (${electron.from === 'override' ? 'ELECTRON_OVERRIDE_DIST_PATH' : 'as installed'})`,
    );
  }
  return electron;
}

/**
 * Where the executable lies in an unpacked Electron.
 * @param {string} [platform]
 */
export function executableIn(platform = process.platform) {
  if (platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return platform === 'win32' ? 'electron.exe' : 'electron';
}

/** @returns {Electron | undefined} */
function overriddenElectron() {
  const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (folder === undefined || folder === '') return undefined;
  const executable = join(folder, executableIn());
  if (!existsSync(executable)) {
    throw new Stop(
      `ELECTRON_OVERRIDE_DIST_PATH is ${folder}, but there is no ${executable}.\nCorrect or unset it.`,
    );
  }
  return { folder, executable, version: versionOf(folder), from: 'override' };
}

/** @returns {Promise<Electron | undefined>} undefined when it cannot be had; the reason has been said */
async function downloadedElectron() {
  if (!isDownloaded() && !failedLately()) {
    const about = { what: 'it downloads Electron', limitMs: DOWNLOAD_LIMIT_MS };
    await withLock(join(OUT, '.locks', 'electron'), about, async () => {
      if (!isDownloaded()) await download();
    });
  }
  const folder = join(PACKAGE, 'dist');
  if (!isDownloaded()) return undefined;
  return { folder, executable: join(folder, executableIn()), version: wantedVersion(), from: 'download' };
}

async function download() {
  const began = Date.now();
  say(`fetching Electron ${wantedVersion()} (about 120 MB)`);
  const args = ['--import', new URL('limit-fetch.mjs', import.meta.url).href, join(PACKAGE, 'install.js')];
  const env = { ...process.env };
  delete env['NODE_OPTIONS'];
  const { code, timedOut, errors } = await run(process.execPath, args, {
    cwd: ROOT,
    env,
    limitMs: DOWNLOAD_LIMIT_MS,
    output: 'captured',
  });
  if (code === 0 && isDownloaded()) {
    rmSync(failureNote(), { force: true });
    say(`Electron fetched in ${duration(Date.now() - began)}`);
    return;
  }
  const reason = timedOut ? `not done within ${duration(DOWNLOAD_LIMIT_MS)}` : firstLine(errors);
  say(`Electron's own download failed after ${duration(Date.now() - began)}: ${reason}`);
  mkdirSync(cacheFolder(), { recursive: true });
  writeFileSync(failureNote(), `${reason}\n`);
}

/** @returns {Promise<Electron>} */
async function lastResort() {
  const folder = await fallbackElectron();
  if (folder === undefined) {
    throw new Stop(
      `There is no Electron: its download failed, and the fallback exists for Linux on x64 only.\n` +
        'Set ELECTRON_MIRROR to a mirror you can reach, or ELECTRON_OVERRIDE_DIST_PATH to an unpacked Electron.',
    );
  }
  return { folder, executable: join(folder, executableIn()), version: FALLBACK_VERSION, from: 'fallback' };
}

/** Where the last failure is noted. Only a mirror's change or time makes a new try worth its wait. */
const failureNote = () => join(cacheFolder(), `electron-${wantedVersion()}-download-failed`);

function failedLately() {
  if (process.env['ELECTRON_MIRROR'] !== undefined || !isFallbackReady()) return false;
  const noted = statSync(failureNote(), { throwIfNoEntry: false });
  return noted !== undefined && Date.now() - noted.mtimeMs < FAILURE_COUNTS_MS;
}

const isDownloaded = () => {
  const folder = join(PACKAGE, 'dist');
  return existsSync(join(folder, executableIn())) && versionOf(folder) === wantedVersion();
};

/** @returns {string} */
const wantedVersion = () => JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')).version;

/** @param {string} folder */
function versionOf(folder) {
  try {
    return readFileSync(join(folder, 'version'), 'utf8').trim().replace(/^v/, '');
  } catch {
    return 'of unknown version';
  }
}

/** @param {string} text */
const firstLine = (text) => text.split('\n').find((line) => line.trim() !== '') ?? 'it gave no reason';
