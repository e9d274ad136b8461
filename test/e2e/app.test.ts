import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { draftNames } from './support/drafts';
import { engineOf } from './support/electron-window';
import { open, practise } from './support/session';
import { twoServers } from './support/two-servers';
import { until } from './support/until';

const LIMIT_MS = 30_000;

describe('the page', () => {
  it('has a bridge to send and to listen, and nothing of Node or Electron', async () => {
    const { window } = await open();
    await window.page.getByTestId('welcome-practice').waitFor();
    const seen = await window.page.evaluate(() => ({
      bridge: Object.keys(Reflect.get(globalThis, 'kanilink')).sort(),
      node: ['require', 'process', 'module', 'Buffer'].filter((name) => name in globalThis),
    }));
    expect(seen).toEqual({ bridge: ['listen', 'send'], node: [] });
  });

  it('cannot leave its address, open windows, use a network or be granted anything', async () => {
    const { window, electron } = await open();
    const { page } = window;
    await page.getByTestId('welcome-practice').waitFor();
    const address = page.url();
    const tried = await page.evaluate(async () => {
      const outcome = (work: Promise<unknown>): Promise<string> =>
        work.then(
          () => 'allowed',
          () => 'refused',
        );
      const window = globalThis.open('https://example.com/');
      const fetched = await outcome(fetch('http://127.0.0.1:9/'));
      const located = await new Promise((resolve) =>
        navigator.geolocation.getCurrentPosition(
          () => resolve('allowed'),
          (error) => resolve(error.code === error.PERMISSION_DENIED ? 'refused' : error.message),
        ),
      );
      const notified = await Notification.requestPermission();
      globalThis.location.href = 'https://example.com/';
      return { window, fetched, located, notified };
    });
    expect(tried).toEqual({ window: null, fetched: 'refused', located: 'refused', notified: 'denied' });
    await until('the refusal is logged', () => /navigation refused/.test(electron.logFile()), LIMIT_MS);
    expect(page.url()).toBe(address);
    expect(await electron.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  });

  it('hears of a menu item that was clicked while it loaded', async () => {
    const { window, electron } = await open();
    await window.page.getByTestId('welcome-practice').waitFor();
    await electron.app.evaluate(({ BrowserWindow, Menu }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      const fromNow = new Promise<void>((resolve) => contents?.once('did-start-navigation', () => resolve()));
      contents?.reload();
      return fromNow.then(() => Menu.getApplicationMenu()?.getMenuItemById('new')?.click());
    });
    await window.page.getByTestId('file-state').waitFor();
  });

  it('gets its own files only: no path leads out of its folder', async () => {
    const { window, electron } = await open();
    await window.page.getByTestId('welcome-practice').waitFor();
    const statuses = await electron.app.evaluate(async ({ net }) => {
      const paths = [
        'index.html',
        '%2e%2e/main/main.cjs',
        '..%2fmain%2fmain.cjs',
        '%2e%2e%2f%2e%2e%2fpackage.json',
      ];
      return Promise.all(paths.map(async (path) => (await net.fetch(`app://kanilink/${path}`)).status));
    });
    expect(statuses).toEqual([200, 404, 404, 404]);
  });
});

describe('when something breaks', () => {
  it('a dead engine is said, can be started again, and the servers are seen again', async () => {
    const { fleet } = await practise({ servers: 1 });
    const { window, electron } = await open({ fleet: fleet.fleet });
    await window.untilServer('idm-a', 'running', LIMIT_MS);
    await electron.app.evaluate(({ dialog }) => {
      // The person's answer to "The engine has stopped": restart it.
      dialog.showMessageBox = () => Promise.resolve({ response: 0, checkboxChecked: false });
    });
    process.kill(await engineOf(electron), 'SIGKILL');
    await until('the log says it', () => /the engine stopped/.test(electron.logFile()), LIMIT_MS);
    await until(
      'the window watches again',
      async () => (await window.watching.getAttribute('data-live')) === 'true',
      LIMIT_MS,
    );
    await window.untilServer('idm-a', 'running', LIMIT_MS);
  });

  it('an exception of the app itself is told to a person and logged, and the window stays', async () => {
    const { window, electron } = await open();
    await window.page.getByTestId('welcome-practice').waitFor();
    const told = await electron.app.evaluate(
      ({ dialog }) =>
        new Promise<string>((resolve) => {
          dialog.showMessageBox = (...args: unknown[]) => {
            resolve(JSON.stringify(args.at(-1)));
            return Promise.resolve({ response: 0, checkboxChecked: false });
          };
          setTimeout(() => {
            throw new Error('an exception made by a test');
          });
        }),
    );
    expect(told).toContain('an exception made by a test');
    expect(told).toContain('Copy details');
    expect(electron.logFile()).toContain('an exception made by a test');
    expect(await window.page.getByTestId('welcome-practice').isVisible()).toBe(true);
  });

  it('a page that hangs is waited for, and is loaded again by that answer alone, with what was not saved', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kanilink-hangs-'));
    const file = join(folder, 'home.toml');
    writeFileSync(file, twoServers('Home lab'));
    const { window, electron } = await open({ fleet: file });
    const { page } = window;
    await window.servers.select('idm-b');
    await page.keyboard.press('Delete');
    await page.getByTestId('remove-dialog').getByRole('button', { name: 'Remove idm-b' }).click();
    await until('a draft is kept', () => draftNames(electron).length > 0, LIMIT_MS);
    await page.evaluate(() => void Reflect.set(globalThis, 'sameAsBefore', true));
    /** The page hangs, as Electron tells it; the person answers with these buttons, one after another. */
    const hangs = (...answers: string[]): Promise<readonly string[]> =>
      electron.app.evaluate(async ({ BrowserWindow, dialog, shell }, chosen) => {
        const asked: string[] = [];
        shell.showItemInFolder = () => asked.push('log shown');
        dialog.showMessageBox = (...args: unknown[]) => {
          const { message, buttons, cancelId, signal } = args.at(-1) as Electron.MessageBoxOptions;
          const answer = chosen.shift();
          asked.push(`${message} ${String(buttons?.[cancelId ?? -1])}`);
          const response =
            answer === undefined
              ? new Promise<number>((resolve) => {
                  signal?.addEventListener('abort', () => (asked.push('withdrawn'), resolve(cancelId ?? 0)));
                })
              : Promise.resolve(buttons?.indexOf(answer) ?? -1);
          return response.then((number) => ({ response: number, checkboxChecked: false }));
        };
        const contents = BrowserWindow.getAllWindows()[0]?.webContents;
        contents?.emit('unresponsive');
        await new Promise((resolve) => setTimeout(resolve, 100));
        if (chosen.length === 0) contents?.emit('responsive');
        await new Promise((resolve) => setTimeout(resolve, 100));
        return asked;
      }, answers);
    const QUESTION = 'The window does not answer. Wait';
    expect(await hangs('Show log file', 'Wait')).toEqual([QUESTION, 'log shown', QUESTION]);
    expect(await hangs('Show log file')).toEqual([QUESTION, 'log shown', QUESTION, 'withdrawn']);
    expect(await page.evaluate(() => Reflect.get(globalThis, 'sameAsBefore'))).toBe(true);
    expect(await page.getByTestId('unsaved-dialog').count()).toBe(0);

    // It hangs indeed: no message of it would ever be answered.
    void page
      .evaluate(() => {
        for (;;);
      })
      .catch(() => undefined);
    expect(await hangs('Load the window again')).toEqual([QUESTION]);
    // Playwright has given the page up that was ended; Electron itself tells what the new one shows.
    await until(
      'the new page offers what was not saved',
      () =>
        electron.app.evaluate(async ({ BrowserWindow }) => {
          const shown: unknown = await BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
            'document.querySelector(\'[data-testid="draft-dialog"]\') !== null',
          );
          return shown === true;
        }),
      LIMIT_MS,
    );
    rmSync(folder, { recursive: true, force: true });
  });

  it('a page that crashes is loaded again', async () => {
    const { fleet } = await practise({ servers: 1 });
    const { window, electron } = await open({ fleet: fleet.fleet });
    await window.untilServer('idm-a', 'running', LIMIT_MS);
    await electron.app.evaluate(({ BrowserWindow, dialog }) => {
      dialog.showMessageBox = () => Promise.resolve({ response: 0, checkboxChecked: false });
      BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer();
    });
    await until('the log says it', () => /The window stopped working/.test(electron.logFile()), LIMIT_MS);
    // Playwright has given the crashed page up; Electron itself tells what the new one shows.
    await until(
      'the new page shows the fleet',
      () =>
        electron.app.evaluate(async ({ BrowserWindow }) => {
          const text: unknown =
            await BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript('document.body.innerText');
          return typeof text === 'string' && text.includes('idm-a') && text.includes('1.10.5');
        }),
      LIMIT_MS,
    );
  });
});
