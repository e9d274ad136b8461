/** Builds and packs the app of a copy of the sources, with the copy's own launcher: `build-again.mjs FOLDER`. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = process.argv[2] ?? '';
/** @param {string} name */
const launcher = (name) => import(pathToFileURL(join(folder, 'build', 'launch', name)).href);
const { buildIfStale } = await launcher('build.mjs');
const { findElectron } = await launcher('electron.mjs');
const { buildPackage } = await launcher('package.mjs');
await buildIfStale();
const built = await buildPackage(await findElectron(), { inspectable: false, output: join(folder, 'dist') });
if (built === undefined) process.exitCode = 1;
