import { chmodSync, cpSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * What a package says of itself.
 * @typedef {object} About
 * @property {string} name
 * @property {string} version
 * @property {string} architecture as the kind of package calls it
 * @property {string} maintainer
 * @property {string} url
 * @property {string} license
 * @property {string} summary one line
 * @property {string} description
 * @property {readonly string[]} depends
 * @property {readonly string[]} recommends
 * @property {string} section
 * @property {string} priority
 * @property {string} afterInstall a shell's program
 * @property {string} afterRemove
 */

/** Chromium's helper, for systems where a user may make no namespaces: it has to be root's, and setuid. */
const SETUID = 'chrome-sandbox';

/**
 * Puts a file or a folder where it is to be installed, with the modes that installed files have.
 * @param {string} root
 * @param {string} from a folder when it ends with a slash: its content
 * @param {string} to absolute on the system it is installed on
 */
export function place(root, from, to) {
  const target = join(root, to);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(from, target, { recursive: true, verbatimSymlinks: true });
  setModes(root);
}

/** @param {string} folder */
function setModes(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const status = lstatSync(path);
    if (status.isSymbolicLink()) continue;
    if (status.isDirectory()) {
      chmodSync(path, 0o755);
      setModes(path);
    } else if (name === SETUID) chmodSync(path, 0o4755);
    else chmodSync(path, (status.mode & 0o100) !== 0 ? 0o755 : 0o644);
  }
}

/** @param {string} root @param {boolean} folders */
const below = (root, folders) =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory() === folders)
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .sort();

/**
 * Every file and link below a folder, sorted.
 * @param {string} root
 * @returns {string[]} paths that begin with a slash
 */
export const filesOf = (root) => below(root, false);

/**
 * Every folder below a folder, sorted.
 * @param {string} root
 * @returns {string[]} paths that begin with a slash
 */
export const foldersOf = (root) => below(root, true);
