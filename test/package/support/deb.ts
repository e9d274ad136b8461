import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { letBeInspected } from '../../../build/launch/package.mjs';

/** The version of `olderDeb`. */
export const OLDER = '0.0.1';

/** A file that only the older one has. */
export const ONLY_IN_OLDER = '/opt/Kanilink/resources/only-in-the-older';

/**
 * Makes a package of an earlier version number from one: as long as there has been no release, what is installed before an
 * upgrade is the same app. It lets itself be inspected, which drives the tour in it, and has one file more.
 * @returns its path, in `folder`
 */
export async function olderDeb(deb: string, folder: string): Promise<string> {
  const root = join(folder, 'older');
  execFileSync('dpkg-deb', ['--raw-extract', deb, root]);
  const control = join(root, 'DEBIAN', 'control');
  writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*$/m, `Version: ${OLDER}`));
  writeFileSync(join(root, ONLY_IN_OLDER), '');
  await letBeInspected(join(root, 'opt', 'Kanilink', 'kanilink'));
  const made = join(folder, 'older.deb');
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zgzip', '-z1', '--build', root, made]);
  return made;
}
