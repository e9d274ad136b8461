import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** Everything the launcher makes in the checkout; ignored by git. */
export const OUT = join(ROOT, 'out');

export const NODE_MODULES = join(ROOT, 'node_modules');

/**
 * The user's cache folder for Kanilink: what may be deleted at any time and is made again.
 * @param {NodeJS.ProcessEnv} [env]
 */
export function cacheFolder(env = process.env) {
  const base = env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(base, 'kanilink');
}

/**
 * The program file of an npm package, to be run by Node: `.bin` holds shell scripts on Windows.
 * @param {string} path inside node_modules
 */
export const packageProgram = (path) => join(NODE_MODULES, ...path.split('/'));
