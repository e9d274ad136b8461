import { execFile, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import { FleetTrust } from '../../../electron/engine/trust/fleet-trust';

/** A running Kanilink with a home of its own. */
export interface ElectronWindow {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** The app's process; Playwright forgets it once it has ended. */
  readonly child: ChildProcess;
  /** What Electron and the app wrote to standard error, and the page's own errors. */
  readonly said: readonly string[];
  /** `~` of this Kanilink. */
  readonly home: string;
  /** The app's log file so far. */
  logFile(): string;
  /** Ends it and removes its home. */
  close(): Promise<void>;
}

export interface WindowOptions {
  /** A fleet file to open at the start. */
  readonly fleet?: string;
  /** That fleet file is one the person trusts; true unless said. */
  readonly trusted?: boolean;
  /** Does something to the folder the app keeps its things in, before it starts. */
  readonly prepare?: (profile: string) => void;
  /** The home of a Kanilink before this one, which has ended: its next start. */
  readonly home?: string;
  /** Content size in pixels. */
  readonly size?: { readonly width: number; readonly height: number };
}

const START_LIMIT_MS = 60_000;
const CLOSE_LIMIT_MS = 20_000;

/**
 * Starts the app that `KANILINK_ELECTRON` and `KANILINK_APP` name: an Electron and the app's folder, or, for a packaged
 * app, its executable.
 *
 * @throws when they are not set, or when no window opens; with what Electron said
 */
export async function openWindow(options: WindowOptions = {}): Promise<ElectronWindow> {
  const { executablePath, appArguments } = whatToRun();
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'kanilink-home-'));
  const said: string[] = [];
  mkdirSync(join(home, '.ssh'), { recursive: true, mode: 0o700 });
  options.prepare?.(join(home, 'kanilink'));
  if (options.fleet !== undefined && options.trusted !== false) await trustFile(home, options.fleet);
  const app = await _electron.launch({
    executablePath,
    args: [...appArguments, ...switches(home), ...(options.fleet === undefined ? [] : [options.fleet])],
    env: environment(home),
    timeout: START_LIMIT_MS,
  });
  const child = app.process();
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString('utf8')));
  const close = async (): Promise<void> => {
    await endWithin(app, child, CLOSE_LIMIT_MS);
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    const page = await app.firstWindow({ timeout: START_LIMIT_MS });
    page.on('pageerror', (error) => said.push(`page: ${error.stack ?? error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') said.push(`console: ${message.text()}`);
    });
    page.setDefaultTimeout(20_000);
    // What V8's inspector is asked in the middle of the long turn that loads them is lost.
    await page.locator('html[data-ready]').waitFor({ state: 'attached', timeout: START_LIMIT_MS });
    const { width, height } = options.size ?? { width: 1280, height: 800 };
    await resize(app, width, height);
    return { app, page, child, said, home, logFile: () => readLog(home), close };
  } catch (cause) {
    const words = `no window opened: ${String(cause)}\n${said.join('')}\n${readLog(home)}`;
    await close();
    throw new Error(words, { cause });
  }
}

function readLog(home: string): string {
  const path = join(home, 'kanilink', 'logs', 'kanilink.log');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** Ends it as a crash or a power cut does: at once, with no chance to write anything. */
export async function kill({ child }: ElectronWindow): Promise<void> {
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGKILL');
  await gone;
}

/** The process id of its engine. */
export async function engineOf({ app }: Pick<ElectronWindow, 'app'>): Promise<number> {
  const pid = await app.evaluate(
    ({ app: electron }) =>
      electron.getAppMetrics().find(({ name }) => name === 'Kanilink engine')?.pid ?? null,
  );
  if (pid === null) throw new Error('the engine does not run');
  return pid;
}

/** Gives the page a size, as a person would by dragging the window's corner. */
export async function resize(app: ElectronApplication, width: number, height: number): Promise<void> {
  await app.evaluate(
    ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
    { width, height },
  );
}

/** Answers the app's next file dialogs with this path, null: Cancel. A native dialog can't be reached by a test. */
export async function chooseFile(app: ElectronApplication, path: string | null): Promise<void> {
  await app.evaluate(({ dialog }, chosen) => {
    const canceled = chosen === null;
    dialog.showOpenDialog = () => Promise.resolve({ canceled, filePaths: canceled ? [] : [chosen] });
    dialog.showSaveDialog = () => Promise.resolve({ canceled, filePath: chosen ?? '' });
  }, path);
}

/** Clicks a file of “Open recent” by its name. */
export async function clickRecent(app: ElectronApplication, name: string): Promise<void> {
  await app.evaluate(({ Menu }, wanted) => {
    const file = Menu.getApplicationMenu()?.items.find(({ label }) => label === '&File');
    const recent = file?.submenu?.items.find(({ id }) => id === 'recent');
    const item = recent?.submenu?.items.find(({ label }) => label.startsWith(wanted));
    if (!item) throw new Error(`${wanted} is not recent`);
    item.click();
  }, name);
}

/** Starts Kanilink once more for a fleet, as a file manager would; it hands the fleet to the one that runs, and ends. */
export async function secondInstance(window: ElectronWindow, fleet: string): Promise<void> {
  const { executablePath, appArguments } = whatToRun();
  const args = [...appArguments, ...switches(window.home), fleet];
  await new Promise<void>((resolve, reject) => {
    execFile(executablePath, args, { env: environment(window.home), timeout: START_LIMIT_MS }, (error) =>
      error ? reject(error) : resolve(),
    );
  });
}

/** Drops a file on the window, as from a file manager. */
export async function dropFile(page: Page, file: string): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  const data = { items: [], files: [file], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await cdp.send('Input.dispatchDragEvent', { type, x: 400, y: 300, data });
  await cdp.detach();
}

/** Makes a fleet file one that this Kanilink's person trusts, as if they had been asked. */
export async function trustFile(home: string, path: string): Promise<void> {
  const configDir = join(home, 'kanilink');
  const trust = new FleetTrust({ home, configDir, log: (line) => console.error(line) });
  await trust.trust({ path, text: readFileSync(path, 'utf8') });
}

/** Clicks an item of the application menu. */
export async function clickMenu(app: ElectronApplication, id: string): Promise<void> {
  await app.evaluate(({ Menu }, name) => {
    const item = Menu.getApplicationMenu()?.getMenuItemById(name);
    if (!item) throw new Error(`the menu has no item ${name}`);
    item.click();
  }, id);
}

/** The app's switches for a home of its own. */
export const switches = (home: string): readonly string[] => [
  ...(process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  `--user-data-dir=${join(home, 'kanilink')}`,
];

/** The Electron and the app under test; `app`: its folder, or a packaged app's executable. */
export function whatToRun(): { executablePath: string; appArguments: readonly string[]; app: string } {
  const electron = process.env['KANILINK_ELECTRON'];
  const app = process.env['KANILINK_APP'];
  if (!electron || !app)
    throw new Error('KANILINK_ELECTRON and KANILINK_APP say what to run; npm test sets them.');
  const isFolder = existsSync(join(app, 'package.json'));
  return isFolder
    ? { executablePath: electron, appArguments: [app], app }
    : { executablePath: app, appArguments: [], app };
}

/** Nothing of the person who runs the tests: their keys, their agent, their settings. */
export function environment(home: string): Record<string, string> {
  const kept = ['PATH', 'DISPLAY', 'XAUTHORITY', 'LANG', 'TMPDIR', 'XDG_RUNTIME_DIR'];
  const env = Object.fromEntries(
    kept.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return { ...env, HOME: home, XDG_CONFIG_HOME: join(home, '.config') };
}

/** Quits as a person would; a window that stays, over unsaved changes, is ended by force. */
async function endWithin(app: ElectronApplication, child: ChildProcess, limitMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const force = setTimeout(() => child.kill('SIGKILL'), limitMs);
  await app
    .evaluate(({ app: electron, BrowserWindow }) => {
      for (const window of BrowserWindow.getAllWindows()) window.destroy();
      electron.quit();
    })
    .catch(() => undefined);
  await gone;
  clearTimeout(force);
}
