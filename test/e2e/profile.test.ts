import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { environment, switches, whatToRun } from './support/electron-window';
import { inOwnFolder } from '../support/own-folder';
import { open } from './support/session';

let folder: string;
inOwnFolder('profile', (made) => {
  folder = made;
});

/**
 * Starts Kanilink with a person who presses the first button of every dialog. A native dialog can't be reached from
 * outside, so an app around it answers in Electron's place; it changes nothing else.
 */
async function startOn(profile: string): Promise<{ code: number | null; errors: string; dialogs: string }> {
  const { executablePath, app } = whatToRun();
  const around = join(folder, 'around');
  const dialogs = join(folder, 'dialogs');
  mkdirSync(around);
  writeFileSync(dialogs, '');
  writeFileSync(
    join(around, 'package.json'),
    '{ "name": "kanilink", "version": "0.0.0", "main": "main.cjs" }',
  );
  writeFileSync(
    join(around, 'main.cjs'),
    `const { app, dialog } = require('electron');
    dialog.showMessageBox = (...args) => {
      require('node:fs').appendFileSync(${JSON.stringify(dialogs)}, JSON.stringify(args.at(-1)));
      return Promise.resolve({ response: 0, checkboxChecked: false });
    };
    app.setAppPath(${JSON.stringify(app)});
    require(${JSON.stringify(join(app, 'out', 'main', 'main.cjs'))});`,
  );
  const child = spawn(executablePath, [around, ...switches(folder), `--user-data-dir=${profile}`], {
    env: environment(folder),
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')));
  const force = setTimeout(() => child.kill('SIGKILL'), 40_000);
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  clearTimeout(force);
  return { code, errors, dialogs: readFileSync(dialogs, 'utf8') };
}

describe('a profile folder that cannot be used', () => {
  it.each([
    ['a file in its place', (profile: string) => writeFileSync(profile, ''), 'fleet'],
    [
      'a file in the place of the folder around it',
      (profile: string) => writeFileSync(profile, ''),
      'fleet/inner',
    ],
  ])('is said, with %s, and Kanilink ends with 1', async (_, before, name) => {
    before(join(folder, 'fleet'));
    const profile = join(folder, name);
    const { code, errors, dialogs } = await startOn(profile);
    expect(code).toBe(1);
    for (const text of [errors, dialogs]) {
      expect(text).toContain('Kanilink cannot write into its own folder');
      expect(text).toContain(profile);
      expect(text).toContain('--user-data-dir DIR');
    }
  });
});

describe('a profile that cannot keep everything', () => {
  it('is used all the same, and the window says what it goes on without', async () => {
    const { window } = await open({
      prepare: (profile) => {
        mkdirSync(profile, { recursive: true });
        writeFileSync(join(profile, 'logs'), 'a file where the folder should be');
        mkdirSync(join(profile, 'settings.json'));
      },
    });
    await window.page.getByTestId('welcome-practice').waitFor();
    await window.notices.getByText('The log file cannot be written').waitFor();
    await window.notices.getByText('The settings cannot be read').waitFor();
    expect(readdirSync(folder)).toEqual([]);
  });
});
