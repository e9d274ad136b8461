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

/** The entries of a folder in the index of an archive of Electron; none: it is a file. */
const entries = (folder: unknown): readonly [string, unknown][] => {
  const files: unknown = folder instanceof Object ? Reflect.get(folder, 'files') : null;
  return files instanceof Object ? Object.entries(files) : [];
};

/** The index of an archive of Electron: its length, four bytes at 12, then JSON. */
function indexOfAsar(path: string): unknown {
  const bytes = readFileSync(path);
  return JSON.parse(bytes.subarray(16, 16 + bytes.readUInt32LE(12)).toString('utf8'));
}

/** The npm packages in an archive of Electron. */
export function packagesInAsar(path: string): readonly string[] {
  const modules = entries(indexOfAsar(path)).find(([name]) => name === 'node_modules')?.[1];
  return entries(modules).flatMap(([name, folder]) =>
    name.startsWith('@') ? entries(folder).map(([inner]) => `${name}/${inner}`) : [name],
  );
}

/** Every file an archive of Electron names, by its path in it. @returns those in it, and those that lie beside it. */
export function filesOfAsar(path: string): {
  readonly inside: readonly string[];
  readonly beside: readonly string[];
} {
  const all = (folder: unknown, at: string): readonly { readonly path: string; readonly beside: boolean }[] =>
    entries(folder).flatMap(([name, entry]) =>
      entry instanceof Object && 'files' in entry
        ? all(entry, `${at}${name}/`)
        : [{ path: at + name, beside: entry instanceof Object && Reflect.get(entry, 'unpacked') === true }],
    );
  const files = all(indexOfAsar(path), '');
  const of = (beside: boolean): readonly string[] =>
    files.filter((file) => file.beside === beside).map((file) => file.path);
  return { inside: of(false), beside: of(true) };
}

/** The version of what was packed here, and whether it is marked as one with the fallback Electron. */
export function packedVersion(): { readonly version: string; readonly marked: boolean } {
  const file = packageOf('-unpacked');
  const electron = file === null ? '' : readFileSync(join(file, 'version'), 'utf8').trim().replace(/^v/, '');
  const marked = electron === FALLBACK_VERSION;
  return { version: packageVersion({ from: marked ? 'fallback' : 'download', version: electron }), marked };
}
