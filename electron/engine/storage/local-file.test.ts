import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLocalFile, readLocalText } from './local-file';

describe.skipIf(process.platform === 'win32')('a small file of this machine', () => {
  let folder: string;
  const path = (name: string) => join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kanilink-local-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is read whole, through a link too, by many at once', async () => {
    await writeFile(path('a'), 'x'.repeat(200_000));
    await symlink('a', path('link'));
    const all = await Promise.all(Array.from({ length: 50 }, () => readLocalText(path('link'))));
    expect(new Set(all)).toEqual(new Set(['x'.repeat(200_000)]));
  });

  it('is empty, missing, too large', async () => {
    await writeFile(path('empty'), '');
    await writeFile(path('large'), Buffer.alloc(1024 * 1024 + 1));
    expect(await readLocalText(path('empty'))).toBe('');
    expect(await readLocalFile(path('none'))).toEqual({ kind: 'missing' });
    expect(await readLocalFile(join(path('a'), 'b'))).toEqual({ kind: 'missing' });
    expect(await readLocalFile(path('large'))).toMatchObject({ kind: 'unusable' });
    expect(await readLocalFile(path('empty'), 0)).toMatchObject({ kind: 'read' });
  });

  it('is no pipe, no terminal, no endless device, no folder; and no thread stays behind', async () => {
    execFileSync('mkfifo', [path('pipe')]);
    // More than there are threads: one that hung would hold up the next.
    for (let round = 0; round < 8; round++)
      for (const odd of [path('pipe'), '/dev/ptmx', '/dev/zero', '/dev/tty', folder]) {
        const began = performance.now();
        expect(await readLocalFile(odd), odd).toMatchObject({ kind: 'unusable' });
        expect(performance.now() - began).toBeLessThan(1_000);
      }
    expect(await readLocalText(path('empty'))).toBe('');
  });

  it('is not called silent for the time in which this process did not run', async () => {
    await writeFile(path('awake'), 'words');
    const reading = readLocalFile(path('awake'));
    // Longer than a disk may be silent.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5_200);
    expect(await reading).toMatchObject({ kind: 'read' });
  });

  it('of the kernel, whose size is said to be 0, is read up to the limit', async () => {
    expect(await readLocalText('/proc/self/status')).toContain('Name:');
    expect(await readLocalFile('/proc/self/status', 10)).toMatchObject({ kind: 'unusable' });
  });
});
