import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/** Bundles the program into one file in a new temporary folder, as the build does. @returns the file. */
export async function bundleKanidmd(): Promise<string> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'practice-kanidmd-'));
  const file = path.join(folder, 'practice-kanidmd.cjs');
  const input = fileURLToPath(new URL('../main.ts', import.meta.url));
  const bundle = await rolldown({ input, platform: 'node', logLevel: 'silent' });
  await bundle.write({ file, format: 'cjs', codeSplitting: false });
  await bundle.close();
  return file;
}
