import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

/**
 * Gives each test a folder of its own, which is removed after it.
 * @param name part of the folder's name, so that what is left of a test that was killed is known.
 * @param made gets the folder's path before each test.
 */
export function inOwnFolder(name: string, made: (folder: string) => unknown): void {
  let folder = '';
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), `kanilink-${name}-`));
    await made(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
}
