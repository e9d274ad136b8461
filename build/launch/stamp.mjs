import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * One hash for the content of files and whole folders, names included: it changes when a file changes, comes, goes or is
 * renamed, and not when git merely touches it.
 * @param {string} root
 * @param {readonly string[]} paths relative to the root; those that do not exist count as such
 * @param {(path: string) => boolean} [counts] whether a file matters; the path is relative, with slashes
 */
export function hashOf(root, paths, counts = () => true) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap((entry) => filesUnder(root, entry)).filter(counts)) {
    const content = readFileSync(join(root, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/**
 * Reads a stamp that an earlier run left.
 * @param {string} file
 * @returns {string | undefined} undefined when there is none
 */
export function readStamp(file) {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/**
 * Leaves a stamp: what it stands for is done, completely.
 * @param {string} file
 * @param {string} stamp
 */
export function writeStamp(file, stamp) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${stamp}\n`);
}

/**
 * @param {string} root
 * @param {string} path
 * @returns {string[]}
 */
function filesUnder(root, path) {
  const kind = statSync(join(root, path), { throwIfNoEntry: false });
  if (kind?.isDirectory() !== true) return kind?.isFile() === true ? [path] : [];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => filesUnder(root, `${path}/${name}`));
}
