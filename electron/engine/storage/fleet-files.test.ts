import { execFileSync } from 'node:child_process';
import {
  chmod,
  chown,
  lstat,
  mkdtemp,
  mkdir,
  readFile,
  readdir,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadFleet, saveFleet } from './fleet-files';

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

it.each([0o600, 0o640, 0o444, 0o664])('keeps the mode %o', async (mode) => {
  const path = join(folder, 'fleet.toml');
  await writeFile(path, 'one');
  await chmod(path, mode);
  expect(await saveFleet(path, 'two', 'one')).toMatchObject({ ok: true });
  expect((await stat(path)).mode & 0o777).toBe(mode);
  expect(await readFile(path, 'utf8')).toBe('two');
});

it.runIf(process.getuid?.() === 0)(
  'keeps the owner, also when root saves another person’s file',
  async () => {
    const path = join(folder, 'fleet.toml');
    await writeFile(path, 'one');
    await chown(path, 1234, 4321);
    await chmod(path, 0o600);
    expect(await saveFleet(path, 'two', 'one')).toMatchObject({ ok: true });
    expect(await stat(path)).toMatchObject({ uid: 1234, gid: 4321 });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  },
);

it('leaves a link a link, and replaces what it leads to', async () => {
  await mkdir(join(folder, 'repo'));
  const real = join(folder, 'repo', 'fleet.toml');
  const link = join(folder, 'fleet.toml');
  await writeFile(real, 'one');
  await symlink('repo/fleet.toml', link);
  expect(await saveFleet(link, 'two', 'one')).toEqual({ ok: true, value: { path: link } });
  expect((await lstat(link)).isSymbolicLink()).toBe(true);
  expect(await readFile(real, 'utf8')).toBe('two');
  expect((await lstat(real)).isFile()).toBe(true);
  await rm(real);
  expect(await saveFleet(link, 'three', null)).toMatchObject({ ok: true });
  expect(await readlink(link)).toBe('repo/fleet.toml');
  expect(await readFile(real, 'utf8')).toBe('three');
  expect(await readdir(join(folder, 'repo'))).toEqual(['fleet.toml']);
});

it('writes through no circle of links', async () => {
  const path = join(folder, 'fleet.toml');
  await symlink(path, path);
  expect(await saveFleet(path, 'text', null)).toMatchObject({
    ok: false,
    error: { code: 'fleet-unwritable' },
  });
  expect((await lstat(path)).isSymbolicLink()).toBe(true);
});

it('reads no pipe, device or endless file that has a fleet file’s name, and waits for none', async () => {
  const pipe = join(folder, 'pipe.toml');
  execFileSync('mkfifo', [pipe]);
  const link = join(folder, 'zero.toml');
  await symlink('/dev/zero', link);
  for (const path of [pipe, link, '/dev/ptmx']) {
    expect(await loadFleet(path), path).toMatchObject({ ok: false, error: { code: 'fleet-unreadable' } });
    expect(await saveFleet(path, 'version = 1\n', null), path).toMatchObject({ ok: false });
  }
});
