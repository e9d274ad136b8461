import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright';

/** A running Kanilink with a home of its own. */
export interface ElectronWindow {
  readonly app: ElectronApplication;
  readonly page: Page;
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
  const home = mkdtempSync(join(tmpdir(), 'kanilink-home-'));
  const said: string[] = [];
  mkdirSync(join(home, '.ssh'), { mode: 0o700 });
  const app = await _electron.launch({
    executablePath,
    args: [
      ...appArguments,
      ...(process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      `--user-data-dir=${join(home, 'kanilink')}`,
      ...(options.fleet === undefined ? [] : [options.fleet]),
    ],
    env: environment(home),
    timeout: START_LIMIT_MS,
  });
  app.process().stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString('utf8')));
  const close = async (): Promise<void> => {
    await endWithin(app, CLOSE_LIMIT_MS);
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    const page = await app.firstWindow({ timeout: START_LIMIT_MS });
    page.on('pageerror', (error) => said.push(`page: ${error.stack ?? error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') said.push(`console: ${message.text()}`);
    });
    page.setDefaultTimeout(20_000);
    const { width, height } = options.size ?? { width: 1280, height: 800 };
    await resize(app, width, height);
    return { app, page, said, home, logFile: () => readLog(home), close };
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

/** Gives the page a size, as a person would by dragging the window's corner. */
export async function resize(app: ElectronApplication, width: number, height: number): Promise<void> {
  await app.evaluate(
    ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
    { width, height },
  );
}

/** Answers the app's next file dialogs with this path: a native dialog can't be reached by a test. */
export async function chooseFile(app: ElectronApplication, path: string): Promise<void> {
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: chosen });
  }, path);
}

/** Clicks an item of the application menu. */
export async function clickMenu(app: ElectronApplication, id: string): Promise<void> {
  await app.evaluate(({ Menu }, name) => {
    const item = Menu.getApplicationMenu()?.getMenuItemById(name);
    if (!item) throw new Error(`the menu has no item ${name}`);
    item.click();
  }, id);
}

function whatToRun(): { executablePath: string; appArguments: readonly string[] } {
  const electron = process.env['KANILINK_ELECTRON'];
  const app = process.env['KANILINK_APP'];
  if (!electron || !app)
    throw new Error('KANILINK_ELECTRON and KANILINK_APP say what to run; npm test sets them.');
  const isFolder = existsSync(join(app, 'package.json'));
  return isFolder
    ? { executablePath: electron, appArguments: [app] }
    : { executablePath: app, appArguments: [] };
}

/** Nothing of the person who runs the tests: their keys, their agent, their settings. */
function environment(home: string): Record<string, string> {
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
async function endWithin(app: ElectronApplication, limitMs: number): Promise<void> {
  const child = app.process();
  if (child.exitCode !== null) return;
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
