import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How far above a bundled program its package.json lies: one folder in the npm package, two in the app and in a checkout. */
const ABOVE = ['..', join('..', '..')];

/**
 * The version of what a program came with, read from there: the package of an app says more of it than the sources do
 * (docs/decisions/0003).
 * @param folder of the bundled program
 */
export function ownVersion(folder: string): string {
  for (const above of ABOVE) {
    const found = readVersion(join(folder, above, 'package.json'));
    if (found !== null) return found;
  }
  throw new Error(`there is no package.json above ${folder}`);
}

function readVersion(path: string): string | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return null;
  }
  const { name, version } = JSON.parse(text) as { readonly name?: unknown; readonly version?: unknown };
  return name === 'kanilink' && typeof version === 'string' ? version : null;
}
