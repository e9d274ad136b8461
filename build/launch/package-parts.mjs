import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { gzipSync } from 'node:zlib';
import { billOfMaterials, licencesText, NOTE, packedElectron, shippedOf } from '../package/shipped.mjs';
import { findProgram } from './display.mjs';
import { CLI_FOLDER, layOutCli } from './pack-cli.mjs';
import { OUT, ROOT } from './places.mjs';

const FOLDER = join(OUT, 'package');
const SHARE = join(FOLDER, 'share');
const ICONS = join(ROOT, 'build', 'icons');

/**
 * Every npm package of which something is in the app: bundled, or whole, as package.json lists it.
 * @returns {import('../package/shipped.mjs').Shipped[]}
 */
export function shippedInApp() {
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return shippedOf(
    [
      ...['main', 'preload', 'renderer'].map((part) => join(OUT, part, NOTE)),
      ...['kanidmd', 'host'].map((program) => join(OUT, 'main', `practice-${program}.${NOTE}`)),
    ],
    Object.keys({ ...dependencies, ...optionalDependencies }),
  );
}

/**
 * Lays out what electron-builder.yml takes beside the app: manual page, completions, the link on the PATH, licences; and puts
 * the bill of materials beside the packages.
 * @param {string} electron its version
 * @param {string} version of the package
 * @param {string} output
 */
export async function layOutForPackages(electron, version, output) {
  await layOutCli();
  layOutShare();
  rmSync(join(FOLDER, 'path'), { recursive: true, force: true });
  mkdirSync(join(FOLDER, 'path'));
  symlinkSync('/opt/Kanilink/resources/kanilink', join(FOLDER, 'path', 'kanilink'));
  const shipped = shippedInApp();
  writeFileSync(join(FOLDER, 'THIRD-PARTY-LICENSES'), licencesText(shipped));
  const { productName, license } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const more = [{ ...packedElectron(), version: electron }];
  mkdirSync(output, { recursive: true });
  const bill = billOfMaterials({ name: productName, version, license }, shipped, { more });
  writeFileSync(join(output, billOfApp(productName, version)), bill);
}

/**
 * Lays out what a system looks for below /usr/share or ~/.local/share. The deb and the rpm put it there; who unpacks an archive
 * finds it beside the app.
 */
function layOutShare() {
  rmSync(SHARE, { recursive: true, force: true });
  const icons = readdirSync(ICONS).filter((name) => /^\d+x\d+\.png$/.test(name));
  const files = {
    'bash-completion/completions/kanilink': join(CLI_FOLDER, 'completions', 'kanilink.bash'),
    'fish/vendor_completions.d/kanilink.fish': join(CLI_FOLDER, 'completions', 'kanilink.fish'),
    'zsh/site-functions/_kanilink': join(CLI_FOLDER, 'completions', '_kanilink'),
    'applications/kanilink.desktop': join(ROOT, 'build', 'package', 'share', 'kanilink.desktop'),
    'mime/packages/kanilink.xml': join(ROOT, 'build', 'package', 'share', 'kanilink.xml'),
    'doc/kanilink/watching': join(ROOT, 'docs', 'watching'),
    ...Object.fromEntries(
      icons.map((name) => [`icons/hicolor/${parse(name).name}/apps/kanilink.png`, join(ICONS, name)]),
    ),
  };
  for (const [to, from] of Object.entries(files)) cpSync(from, join(SHARE, to), { recursive: true });
  // Without a time in it: the same page gives the same bytes.
  const page = gzipSync(readFileSync(join(CLI_FOLDER, 'man', 'kanilink.1')), { level: 9 });
  mkdirSync(join(SHARE, 'man', 'man1'), { recursive: true });
  writeFileSync(join(SHARE, 'man', 'man1', 'kanilink.1.gz'), page);
}

/**
 * The name of the file with the app's bill of materials.
 * @param {string} product
 * @param {string} version
 */
export const billOfApp = (product, version) => `${product}-${version}.cdx.json`;

/**
 * The system's own tools, which electron-builder would download otherwise; as far as they are there.
 * @returns {NodeJS.ProcessEnv}
 */
export function ownTools() {
  if (process.platform !== 'linux') return {};
  const sevenZip = findProgram('7za', '7z');
  return {
    CUSTOM_FPM_PATH: join(ROOT, 'build', 'package', 'fpm.mjs'),
    ...(sevenZip !== undefined && { ELECTRON_BUILDER_7ZIP_PATH: sevenZip }),
  };
}
