import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { billOfMaterials, licencesText, NOTE, packedElectron, shippedOf } from '../package/shipped.mjs';
import { findProgram } from './display.mjs';
import { CLI_FOLDER, layOutCli } from './pack-cli.mjs';
import { OUT, ROOT } from './places.mjs';

const FOLDER = join(OUT, 'package');

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
  // Without a time in it: the same page gives the same bytes.
  const page = readFileSync(join(CLI_FOLDER, 'man', 'kanilink.1'));
  writeFileSync(join(CLI_FOLDER, 'man', 'kanilink.1.gz'), gzipSync(page, { level: 9 }));
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
