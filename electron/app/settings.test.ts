import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSettings } from './settings';
import { inOwnFolder } from '../../test/support/own-folder';

let folder: string;
let path: string;
inOwnFolder('settings', (made) => {
  folder = made;
  path = join(folder, 'inner', 'settings.json');
});

describe('settings', () => {
  it('are the defaults at first, and are kept between starts', () => {
    const first = openSettings(path, fail);
    expect(first.read()).toEqual({
      theme: 'system',
      readOnly: false,
      loginsEvery: 5,
      ruvEvery: 60,
      recent: [],
      window: null,
      ...{ background: false, notices: true, quiet: null, told: {} },
    });
    first.change({ theme: 'dark', recent: ['/srv/fleet.toml'] });
    first.change({ readOnly: true });
    expect(openSettings(path, fail).read()).toEqual({
      theme: 'dark',
      readOnly: true,
      loginsEvery: 5,
      ruvEvery: 60,
      recent: ['/srv/fleet.toml'],
      window: null,
      ...{ background: false, notices: true, quiet: null, told: {} },
    });
    expect(readdirSync(join(folder, 'inner'))).toEqual(['settings.json']);
  });

  it('forget how a window of another version was arranged, and nothing else', () => {
    mkdirSync(join(folder, 'inner'));
    writeFileSync(path, JSON.stringify({ theme: 'dark', layout: { fleet: 200, tab: 'weather' } }));
    expect(openSettings(path, fail).read()).toMatchObject({ theme: 'dark', layout: undefined });
  });

  it.runIf(process.platform !== 'win32')('are this user’s own, and written through no link', () => {
    const other = join(folder, 'other');
    writeFileSync(other, 'mine');
    mkdirSync(join(folder, 'inner'));
    symlinkSync(other, `${path}.new`);
    openSettings(path, fail).change({ theme: 'dark' });
    expect(readFileSync(other, 'utf8')).toBe('mine');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('that cannot be read are put aside, and the app starts all the same', () => {
    openSettings(path, fail).change({ theme: 'dark' });
    writeFileSync(path, '{ "theme": "mauve" }');
    const said: string[] = [];
    expect(openSettings(path, (line) => said.push(line)).read().theme).toBe('system');
    expect(said).toHaveLength(1);
    expect(readFileSync(`${path}.broken`, 'utf8')).toContain('mauve');
  });
});

describe('settings that cannot be kept', () => {
  it.each([
    [
      'not understood, and cannot be put aside',
      () => (writeFileSync(path, '{'), mkdirSync(`${path}.broken`)),
    ],
    ['a folder in the file’s place', () => mkdirSync(path)],
  ])('are %s: the app starts with the defaults, and says it', (_, before) => {
    mkdirSync(join(folder, 'inner'));
    before();
    const said: string[] = [];
    const opened = openSettings(path, (line) => said.push(line));
    expect(opened.read().theme).toBe('system');
    expect(opened.trouble).toContain(path);
    expect(said).not.toEqual([]);
    opened.change({ theme: 'dark' });
    expect(opened.read().theme).toBe('dark');
  });

  it('are no trouble where there are none yet', () => {
    expect(openSettings(path, fail).trouble).toBeNull();
  });
});

function fail(line: string): void {
  throw new Error(line);
}
