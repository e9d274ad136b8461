import { BrowserWindow, nativeTheme, screen, type Rectangle } from 'electron';
import { WINDOW_URL } from './protocol';
import type { SettingsFile, WindowBounds } from './settings';

/** Below this the canvas and the inspector no longer fit beside each other. */
const SMALLEST = { minWidth: 960, minHeight: 620 };
const FIRST = { width: 1280, height: 800 };
/** The ground of the page in both themes, so that nothing flashes before it is drawn. */
const GROUND = { light: '#f6f7f9', dark: '#14171c' };

/**
 * Makes the window, hidden until its page is made, where it was the last time if a screen is still there.
 *
 * @param preload path of the bundled preload script
 */
export function createWindow(preload: string, settings: SettingsFile): BrowserWindow {
  const before = settings.read().window;
  const window = new BrowserWindow({
    ...FIRST,
    ...(before !== null && isVisible(before) ? rectangle(before) : {}),
    ...SMALLEST,
    show: false,
    // A page that may paint waits, before its scripts run, until Chromium can draw; so both come at the same time.
    paintWhenInitiallyHidden: false,
    title: 'Kanilink',
    backgroundColor: ground(),
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      // Chromium fetches dictionaries from the network for it.
      spellcheck: false,
    },
  });
  if (before?.maximized === true) window.maximize();
  window.webContents.once('dom-ready', () => window.show());
  rememberBounds(window, settings);
  followTheme(window);
  void window.loadURL(WINDOW_URL);
  return window;
}

/** A page that never paints must not keep from work what waits for it. Milliseconds. */
const PAINT_LIMIT_MS = 5_000;
/** The same of one that is loaded. Whether `ready-to-show` comes of a window that was hidden Electron does not promise. Milliseconds. */
const LOADED_LIMIT_MS = 300;

/** Settled once the page has painted for the first time: it has the processors to itself until then. */
export function firstPaint(window: BrowserWindow): Promise<void> {
  return new Promise((resolve) => {
    let limit = setTimeout(resolve, PAINT_LIMIT_MS);
    window.webContents.once('did-finish-load', () => {
      clearTimeout(limit);
      limit = setTimeout(resolve, LOADED_LIMIT_MS);
    });
    window.once('ready-to-show', () => {
      clearTimeout(limit);
      resolve();
    });
  });
}

function rememberBounds(window: BrowserWindow, settings: SettingsFile): void {
  window.on('close', () => {
    settings.change({ window: { ...window.getNormalBounds(), maximized: window.isMaximized() } });
  });
}

function followTheme(window: BrowserWindow): void {
  const repaint = (): void => window.setBackgroundColor(ground());
  nativeTheme.on('updated', repaint);
  window.on('closed', () => nativeTheme.off('updated', repaint));
}

const ground = (): string => (nativeTheme.shouldUseDarkColors ? GROUND.dark : GROUND.light);

const rectangle = ({ x, y, width, height }: WindowBounds): Rectangle => ({ x, y, width, height });

/** A screen may have been unplugged since: the title bar must lie on one that is there. */
function isVisible(bounds: WindowBounds): boolean {
  return screen.getAllDisplays().some(({ workArea }) => {
    const across =
      Math.min(bounds.x + bounds.width, workArea.x + workArea.width) - Math.max(bounds.x, workArea.x);
    return across > 100 && bounds.y >= workArea.y - 8 && bounds.y < workArea.y + workArea.height - 40;
  });
}
