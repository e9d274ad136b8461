import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FALLBACK_VERSION } from '../../../build/launch/electron-fallback.mjs';
import { packageVersion } from '../../../build/launch/package.mjs';

/**
 * A package that the part `package` of `npm test` has built: KANILINK_PACKAGES is their folder.
 * @param end of its name
 * @returns null: none was built here
 */
export function packageOf(end: string): string | null {
  const folder = process.env['KANILINK_PACKAGES'];
  if (folder === undefined) return null;
  const name = readdirSync(folder).find((each) => each.endsWith(end));
  return name === undefined ? null : join(folder, name);
}

/** The app as it is in every package, unpacked. @returns null: none was built here */
export function unpackedApp(): { readonly executable: string; readonly resources: string } | null {
  const folder = packageOf('-unpacked');
  if (folder === null) return null;
  return { executable: join(folder, 'kanilink'), resources: join(folder, 'resources') };
}

/** The npm packages in an archive of Electron: its length, four bytes at 12, then an index in JSON. */
export function packagesInAsar(path: string): readonly string[] {
  const bytes = readFileSync(path);
  const index: unknown = JSON.parse(bytes.subarray(16, 16 + bytes.readUInt32LE(12)).toString('utf8'));
  const entries = (folder: unknown): readonly [string, unknown][] => {
    const files: unknown = folder instanceof Object ? Reflect.get(folder, 'files') : null;
    return files instanceof Object ? Object.entries(files) : [];
  };
  const modules = entries(index).find(([name]) => name === 'node_modules')?.[1];
  return entries(modules).flatMap(([name, folder]) =>
    name.startsWith('@') ? entries(folder).map(([inner]) => `${name}/${inner}`) : [name],
  );
}

/** The version of what was packed here, and whether it is marked as one with the fallback Electron. */
export function packedVersion(): { readonly version: string; readonly marked: boolean } {
  const file = packageOf('-unpacked');
  const electron = file === null ? '' : readFileSync(join(file, 'version'), 'utf8').trim().replace(/^v/, '');
  const marked = electron === FALLBACK_VERSION;
  return { version: packageVersion({ from: marked ? 'fallback' : 'download', version: electron }), marked };
}
