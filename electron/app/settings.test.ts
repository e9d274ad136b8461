import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSettings } from './settings';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kanilink-settings-'));
  path = join(folder, 'inner', 'settings.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('settings', () => {
  it('are the defaults at first, and are kept between starts', () => {
    const first = openSettings(path, fail);
    expect(first.read()).toEqual({ theme: 'system', readOnly: false, recent: [], window: null });
    first.change({ theme: 'dark', recent: ['/srv/fleet.toml'] });
    first.change({ readOnly: true });
    expect(openSettings(path, fail).read()).toEqual({
      theme: 'dark',
      readOnly: true,
      recent: ['/srv/fleet.toml'],
      window: null,
    });
    expect(readdirSync(join(folder, 'inner'))).toEqual(['settings.json']);
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

function fail(line: string): void {
  throw new Error(line);
}
