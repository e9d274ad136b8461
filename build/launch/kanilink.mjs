import { join } from 'node:path';
import { buildIfStale } from './build.mjs';
import { installPackages } from './npm-packages.mjs';
import { OUT } from './places.mjs';
import { runInForeground } from './run.mjs';
import { sayOnStandardError } from './say.mjs';
import { callerFolder } from './start.mjs';

/**
 * `kanilink`: the command line of this checkout, where it was called, with the terminal to itself.
 * @param {readonly string[]} args
 * @returns {Promise<number>} its exit code
 */
export async function kanilink(args) {
  sayOnStandardError();
  await installPackages();
  await buildIfStale();
  return runInForeground(process.execPath, [join(OUT, 'main', 'cli.cjs'), ...args], { cwd: callerFolder() });
}
