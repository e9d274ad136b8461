import { mkdtemp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { saveFleet } from './fleet-files';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanilink-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('makes a new fleet file only where there is none, and leaves nothing beside it', async () => {
  const path = join(folder, 'fleet.toml');
  expect(await saveFleet(path, 'one', null)).toMatchObject({ ok: true });
  expect(await saveFleet(path, 'two', null)).toMatchObject({ ok: false, error: { code: 'fleet-changed' } });
  expect(await saveFleet(path, 'two', 'another')).toMatchObject({ ok: false });
  expect(await readFile(path, 'utf8')).toBe('one');
  expect(await saveFleet(path, 'two', 'one')).toMatchObject({ ok: true });
  expect(await readFile(path, 'utf8')).toBe('two');
  expect(await readdir(folder)).toEqual(['fleet.toml']);
});

it('takes what cannot be read for something, not for nothing', async () => {
  const inTheWay = join(folder, 'folder');
  await mkdir(inTheWay);
  await writeFile(join(inTheWay, 'kept'), 'kept');
  expect(await saveFleet(inTheWay, 'text', null)).toMatchObject({
    ok: false,
    error: { code: 'fleet-unwritable' },
  });
  expect(await readdir(folder)).toEqual(['folder']);
  expect(await saveFleet(join(folder, 'no', 'fleet.toml'), 'text', null)).toMatchObject({ ok: false });
});
