import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright';
import { expect, it } from 'vitest';
import { Looks } from './support/looks';
import { inOwnFolder } from '../support/own-folder';
import { open } from './support/session';
import { twoServers } from './support/two-servers';

let file: string;
inOwnFolder('crash', (folder) => {
  file = join(folder, 'home.toml');
  writeFileSync(file, twoServers('Home lab'));
});

const crash = (page: Page): Locator => page.getByTestId('crash');
const goOn = (page: Page): Locator => crash(page).getByRole('button', { name: 'Go on' });

/** What a list of lines is drawn with fails, until it is put back. */
const breakLists = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const real = globalThis.ResizeObserver;
    Object.assign(globalThis, {
      mend: () => (globalThis.ResizeObserver = real),
      ResizeObserver: function () {
        throw new Error('made by a test');
      },
    });
  });
const mend = (page: Page): Promise<void> =>
  page.evaluate(() => void Reflect.apply(Reflect.get(globalThis, 'mend') as () => void, null, []));

it('a dialog that fails leaves the window, its edits and the question about them', async () => {
  const { window, electron } = await open({ fleet: file });
  const { page } = window;
  await window.servers.select('idm-b');
  await page.keyboard.press('Delete');
  await page.getByTestId('remove-dialog').getByRole('button', { name: 'Remove idm-b' }).click();
  await page.evaluate(() => {
    const real = Element.prototype.scrollIntoView;
    Element.prototype.scrollIntoView = () => {
      Element.prototype.scrollIntoView = real;
      throw new Error('made by a test');
    };
  });
  await window.servers.edit('idm-a');
  await window.servers.startTest();
  await crash(page).waitFor();
  expect(await crash(page).count()).toBe(1);
  const looks = new Looks('a failed part');
  await looks.at(page, 'CrashScreen', 'a part that failed');
  looks.end();
  expect(await window.servers.row('idm-a').isVisible()).toBe(true);
  await goOn(page).click();
  await crash(page).waitFor({ state: 'detached' });
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await window.servers.edit('idm-a');
  await window.servers.closeDialog();
  await electron.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await page.getByTestId('unsaved-dialog').waitFor();
});

it('a view that fails is drawn afresh; until then the window can be closed, and asks', async () => {
  const { window, electron } = await open({ fleet: file });
  const { page } = window;
  await window.servers.select('idm-b');
  await page.keyboard.press('Delete');
  await page.getByTestId('remove-dialog').getByRole('button', { name: 'Remove idm-b' }).click();
  await window.openTab('Problems');
  await breakLists(page);
  await window.canvas.root.waitFor();
  const view = page.getByRole('group', { name: 'View' });
  await view.getByRole('button', { name: 'Table' }).click();
  await view.getByRole('button', { name: 'Canvas' }).click();
  await crash(page).waitFor();
  await electron.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  const question = page.getByTestId('unsaved-dialog');
  await question.getByRole('button', { name: 'Cancel' }).click();
  await question.waitFor({ state: 'detached' });
  await mend(page);
  await goOn(page).click();
  await crash(page).waitFor({ state: 'detached' });
  await window.canvas.root.waitFor();
  expect(await page.getByTestId('file-state').innerText()).toContain('unsaved');
});

it('a late exception is read and left by keyboard, and what was typed in a dialog stays', async () => {
  const { window } = await open({ fleet: file });
  const { page } = window;
  await window.servers.edit('idm-a');
  const name = window.servers.dialog.getByLabel('Name');
  await name.fill('idm-z');
  const fail = (): Promise<void> =>
    page.evaluate(() => {
      setTimeout(() => {
        throw new Error('made by a test');
      });
    });
  for (const key of ['Enter', 'Escape']) {
    await fail();
    await crash(page).waitFor();
    expect(await crash(page).evaluate((screen) => screen.contains(document.activeElement))).toBe(true);
    await page.keyboard.press(key);
    await crash(page).waitFor({ state: 'detached' });
  }
  await fail();
  await goOn(page).click();
  await crash(page).waitFor({ state: 'detached' });
  expect(await name.inputValue()).toBe('idm-z');
  expect(await window.servers.dialog.getByRole('alertdialog').count()).toBe(0);
});

it('a part that cannot be loaded is said, and no place is left empty', async () => {
  const { window, electron } = await open({ fleet: file });
  const { page } = window;
  await window.canvas.root.waitFor();
  // As with an archive that is damaged: the page is there, a file of it is not.
  await electron.app.evaluate(({ session, app }) => {
    const { readFileSync } = process.getBuiltinModule('node:fs');
    const { protocol } = session.defaultSession;
    const types: Record<string, string> = { html: 'text/html', css: 'text/css', js: 'text/javascript' };
    protocol.unhandle('app');
    protocol.handle('app', ({ url }) => {
      const { pathname } = new URL(url);
      if (pathname.startsWith('/assets/Opened-')) return new Response('Not found', { status: 404 });
      const type = types[pathname.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
      const bytes = readFileSync(`${app.getAppPath()}/out/renderer${pathname}`);
      return new Response(new Uint8Array(bytes), { headers: { 'content-type': type } });
    });
  });
  // The page's process still has the file.
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.enable');
  await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
  await page.reload();
  await crash(page).waitFor();
  expect(await crash(page).locator('pre').innerText()).toContain(
    'The part of the window that shows a fleet could not be loaded',
  );
  expect(electron.logFile()).toContain('could not be loaded');
  // It is tried again, and said again.
  await goOn(page).click();
  await crash(page).waitFor();
});
