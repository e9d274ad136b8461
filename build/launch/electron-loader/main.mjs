/**
 * Does what Electron's default app does for `electron FOLDER`: takes the app's folder from the command line, gives the
 * running app its name, version and paths, and loads its main module. The fallback Electron has no default app.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const folder = process.argv.slice(1).find((argument) => !argument.startsWith('-') && isApp(argument));
if (folder === undefined) {
  console.error('electron: name the folder of an app (one with a package.json)');
  app.exit(64);
} else {
  await load(resolve(folder));
}

/** @param {string} path */
function isApp(path) {
  return existsSync(join(path, 'package.json'));
}

/** @param {string} path */
async function load(path) {
  const {
    name,
    productName,
    version,
    main = 'index.js',
  } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  app.setName(productName ?? name);
  app.setPath('userData', join(app.getPath('appData'), app.getName()));
  // Electron's default app uses these two; they are not in its published types.
  for (const [method, value] of /** @type {const} */ ([
    ['setAppPath', path],
    ['setVersion', version],
  ])) {
    Reflect.apply(Reflect.get(app, method), app, [value]);
  }
  Reflect.set(process, 'defaultApp', true);
  await import(pathToFileURL(join(path, main)).href);
}
