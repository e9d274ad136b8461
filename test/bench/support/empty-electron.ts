import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cleanCopy } from '../../../build/launch/package.mjs';

const SIZE = { width: 1280, height: 800 };

const MAIN = `const { app, BrowserWindow } = require('electron');
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
void app.whenReady().then(() => {
  const window = new BrowserWindow({ ...${JSON.stringify(SIZE)}, useContentSize: true });
  void window.loadFile('index.html');
});
`;

/** An Electron with a window that says one word. @returns its executable */
export function makeEmpty(
  folder: string,
  electron: { readonly folder: string; readonly executable: string },
): string {
  cleanCopy(electron, folder);
  const app = join(folder, 'resources', 'app');
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), '{ "name": "empty", "main": "main.js" }');
  writeFileSync(join(app, 'main.js'), MAIN);
  writeFileSync(join(app, 'index.html'), '<!doctype html><title>Empty</title><h1>Empty</h1>');
  return join(folder, basename(electron.executable));
}

/** Bytes of all files of a folder, in megabytes. */
export const megabytesIn = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + megabytesOf(join(entry.parentPath, entry.name)), 0);

/** Size of a file in megabytes. */
export const megabytesOf = (file: string): number => statSync(file).size / 1024 / 1024;
