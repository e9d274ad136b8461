import { app, ipcMain, Menu, nativeTheme, session, type BrowserWindow } from 'electron';
import { join } from 'node:path';
import { CHANNEL, DROP_CHANNEL } from './channel';
import { readArguments } from './command-line';
import { EarlyEvents, type EventsOf } from './early-events';
import { catchUnexpected } from './errors';
import { openLogFile } from './log-file';
import { places } from './places';
import { prepareProfile, refuseProfile } from './profile';
import { registerScheme, serveWindow } from './protocol';
import { restrictContents, restrictSession } from './security';
import { openSettings } from './settings';
import { createWindow, firstPaint } from './window';

/** The start of the app, up to its window. All else is in `run-app.ts`, which is loaded once the page is on the screen. */
const given = readArguments(process.argv, process.cwd(), app.getAppPath());
// Every page there will ever be runs in Chromium's sandbox, no matter who opens it. As root there is none: Chromium starts only
// with the switch, and a page told otherwise never comes up.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
const trouble = prepareProfile(given.userData ?? app.getPath('userData'));
if (trouble !== null) void refuseProfile(trouble);
else start();

function start(): void {
  if (given.userData !== null) app.setPath('userData', given.userData);
  // Two apps would write one settings file and one journal; the second start hands its fleet to the first.
  if (app.requestSingleInstanceLock({ fleet: given.fleet })) run();
  else app.quit();
}

function run(): void {
  const place = places();
  const logFile = openLogFile(place.logFile);
  const log = logFile.write;
  catchUnexpected(logFile);
  // Until its own menu is there it has none: Electron's would reload the page, and open its tools.
  Menu.setApplicationMenu(null);
  registerScheme();
  restrictContents(app, log);
  const settings = openSettings(join(place.userData, 'settings.json'), log);
  nativeTheme.themeSource = settings.read().theme;

  /** The fleet to open with the first window: macOS names it before the app is ready. */
  let first = given.fleet;
  const openEarly = (event: Electron.Event, path: string): void => {
    event.preventDefault();
    first = path;
  };
  app.on('open-file', openEarly);
  void app.whenReady().then(async () => {
    restrictSession(session.defaultSession, log);
    serveWindow(session.defaultSession, place.renderer);
    const window = createWindow(place.preload, settings);
    const painted = firstPaint(window);
    const early = new EarlyEvents(listenedToLater(window));
    // The page's process and the graphics take as long as this would; each turn of the main process holds them up.
    await Promise.race([painted, early.urgent]);
    const { runApp } = await import('./run-app');
    if (window.isDestroyed()) return;
    app.off('open-file', openEarly);
    runApp({ window, painted, place, logFile, settings, trace: given.trace, openAtStart: first });
    early.tell();
  });
}

/** What `run-app.ts` listens to, and could come before it is there. */
const listenedToLater = ({ webContents }: BrowserWindow): readonly EventsOf[] => [
  { from: app, names: ['second-instance'] },
  // macOS says it of every start, too.
  { from: app, names: ['activate'], canWait: true },
  { from: ipcMain, names: [CHANNEL, DROP_CHANNEL], canWait: true },
  { from: webContents, names: ['did-finish-load', 'console-message'], canWait: true },
  {
    from: webContents,
    names: ['did-fail-load', 'preload-error', 'render-process-gone', 'unresponsive', 'responsive'],
  },
];
