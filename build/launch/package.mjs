import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { layOutForPackages, ownTools } from './package-parts.mjs';
import { buildIfStale } from './build.mjs';
import { findProgram } from './display.mjs';
import { findElectron } from './electron.mjs';
import { installPackages } from './npm-packages.mjs';
import { OUT, packageProgram, ROOT } from './places.mjs';
import { atEnd, run } from './run.mjs';
import { duration, say, Stop } from './say.mjs';
import { FOR_PACKAGES } from './system-packages.mjs';
import { provideSystemPackages } from './system-setup.mjs';

/** @typedef {import('./electron.mjs').Electron} Electron */

const LIMIT_MS = 15 * 60_000;

/** Lets the fallback Electron into a package. */
export const ALLOW_FALLBACK = '--allow-fallback-electron';

/** The kinds of package that the system's own tools make. */
const KINDS = ['deb', 'rpm', 'tar.gz'];

/**
 * `package`: makes the unpacked app in dist/, for this platform.
 *
 * - `--allow-fallback-electron` permits the fallback Electron, which is otherwise refused: it is an old one.
 * - `--inspectable` leaves Node's inspector on, which tests need to drive the window; never give it to people.
 * - other arguments go to electron-builder: `npm run package -- --linux deb`.
 * @param {readonly string[]} args
 * @returns {Promise<number>} exit code
 */
export async function packageApp(args) {
  const own = [ALLOW_FALLBACK, '--inspectable'];
  const rest = args.filter((argument) => !own.includes(argument));
  await installPackages();
  const electron = await findElectron();
  if (!args.includes(ALLOW_FALLBACK)) refuseFallback(electron);
  await buildIfStale();
  // A folder needs none of the tools that packages are made with.
  if (rest.some((argument) => KINDS.includes(argument))) await provideSystemPackages(FOR_PACKAGES);
  const inspectable = args.includes('--inspectable');
  const built = await buildPackage(electron, { inspectable, output: join(ROOT, 'dist'), targets: rest });
  if (built === undefined) return 1;
  say(`the app: ${built.executable}`);
  return 0;
}

/** @param {Pick<Electron, 'from' | 'version'>} electron */
function refuseFallback({ from, version }) {
  if (from !== 'fallback') return;
  throw new Stop(
    `Electron ${version} is the fallback for developing and testing; it is not put into a package that people use.\n` +
      `Make the package where Electron can be downloaded, or, to try it out, add ${ALLOW_FALLBACK}.`,
  );
}

/**
 * The version of a package. One with the fallback Electron says so wherever its version is read: the package's name and metadata,
 * “About”, `kanilink --version`, the log file.
 * @param {Pick<Electron, 'from' | 'version'>} electron
 * @returns {string}
 */
export function packageVersion(electron) {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return electron.from === 'fallback' ? `${version}+fallback.electron.${electron.version}` : version;
}

/**
 * Runs electron-builder with the Electron in use.
 * @param {Electron} electron
 * @param {{ inspectable: boolean, output: string, targets?: readonly string[], quick?: boolean }} options `quick`: packages are
 *   compressed little, for tests
 * @returns {Promise<{ executable: string } | undefined>} undefined when it failed; its own words have been printed
 */
export async function buildPackage(electron, options) {
  const began = Date.now();
  mkdirSync(OUT, { recursive: true });
  const work = mkdtempSync(join(OUT, 'electron-dist-'));
  const remove = () => rmSync(work, { recursive: true, force: true });
  const forget = atEnd(remove);
  try {
    const targets = options.targets?.length ? options.targets : [...platformTarget(), '--dir'];
    const args = [
      packageProgram('electron-builder/cli.js'),
      ...targets,
      ...['--config', 'build/electron-builder.yml', '--publish', 'never'],
      `-c.electronDist=${cleanCopy(electron, join(work, 'dist'))}`,
      `-c.electronVersion=${electron.version}`,
      `-c.extraMetadata.version=${packageVersion(electron)}`,
      `-c.directories.output=${options.output}`,
      ...(options.quick ? ['-c.deb.compression=gz', '-c.rpm.compression=gzip'] : []),
      ...(options.inspectable ? ['-c.electronFuses.enableNodeCliInspectArguments=true'] : []),
    ];
    await layOutForPackages(electron.version, packageVersion(electron), options.output);
    const { code, timedOut } = await run(process.execPath, args, {
      cwd: ROOT,
      limitMs: LIMIT_MS,
      env: {
        ...process.env,
        ...ownTools(),
        ...(options.quick && { ELECTRON_BUILDER_COMPRESSION_LEVEL: '1' }),
      },
    });
    if (code !== 0) {
      say(
        timedOut
          ? `electron-builder did not finish within ${duration(LIMIT_MS)}`
          : `electron-builder failed (exit ${code})`,
      );
      return undefined;
    }
    say(`packaged in ${duration(Date.now() - began)}`);
    return { executable: packagedExecutable(options.output) };
  } finally {
    forget();
    remove();
  }
}

/**
 * The kinds of package that tests make here, as arguments of electron-builder.
 * @returns {string[]} none: the unpacked app alone
 */
export function packagesHere() {
  if (process.platform !== 'linux') return [];
  const tools = { deb: ['dpkg-deb'], rpm: ['rpmbuild'], 'tar.gz': ['7za', '7z'] };
  const kinds = Object.entries(tools).filter(([, names]) => findProgram(...names) !== undefined);
  return ['--linux', ...kinds.map(([kind]) => kind), 'dir'];
}

/**
 * Turns Node's inspector on in a packaged app, so that a test can drive it.
 * @param {string} executable
 */
export async function letBeInspected(executable) {
  // Only here: the launcher itself runs before packages are installed.
  const { flipFuses, FuseV1Options, FuseVersion } = await import('@electron/fuses');
  await flipFuses(executable, {
    version: FuseVersion.V1,
    resetAdHocDarwinSignature: process.platform === 'darwin',
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
}

/**
 * Copies Electron without any app it may carry (Electron's default one, or the fallback's loader).
 * @param {Pick<Electron, 'folder'>} electron
 * @param {string} target
 */
export function cleanCopy(electron, target) {
  const carried = [
    join(electron.folder, 'resources', 'app'),
    join(electron.folder, 'resources', 'default_app.asar'),
  ];
  cpSync(electron.folder, target, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !carried.includes(source),
  });
  mkdirSync(join(target, 'resources'), { recursive: true });
  return target;
}

function platformTarget() {
  if (process.platform === 'darwin') return ['--mac'];
  return process.platform === 'win32' ? ['--win'] : ['--linux'];
}

/** @param {string} output */
function packagedExecutable(output) {
  const inside = { darwin: 'Kanilink.app/Contents/MacOS/Kanilink', win32: 'Kanilink.exe' };
  const executable =
    process.platform === 'darwin' || process.platform === 'win32' ? inside[process.platform] : 'kanilink';
  const folder = readdirSync(output).find((name) => existsSync(join(output, name, executable)));
  if (folder === undefined) throw new Error(`electron-builder left no ${executable} under ${output}`);
  return join(output, folder, executable);
}
