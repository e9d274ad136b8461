import type { BrowserWindow } from 'electron';
import { app, dialog, Menu, nativeTheme, session, shell } from 'electron';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AppContext } from './answers';
import { readArguments } from './command-line';
import { openDoor, type Door } from './door';
import { EngineProcess } from './engine-process';
import { catchUnexpected, watchPage } from './errors';
import { openLogFile } from './log-file';
import { menuTemplate } from './menu';
import { places } from './places';
import { registerScheme, serveWindow } from './protocol';
import { restrictContents, restrictSession } from './security';
import { openSettings } from './settings';
import { createWindow } from './window';

/** The app: one window, one engine, and what ties them. Everything it does is in the files beside this one. */
const given = readArguments(process.argv, process.cwd(), app.getAppPath());
if (given.userData !== null) {
  mkdirSync(given.userData, { recursive: true });
  app.setPath('userData', given.userData);
}
// Two apps would write one settings file and one journal; the second start hands its fleet to the first.
if (app.requestSingleInstanceLock({ fleet: given.fleet })) run();
else app.quit();

function run(): void {
  const place = places();
  const logFile = openLogFile(place.logFile);
  const log = logFile.write;
  catchUnexpected(logFile);
  registerScheme();
  restrictContents(app, log);
  const settings = openSettings(join(place.userData, 'settings.json'), log);
  nativeTheme.themeSource = settings.read().theme;

  let window: BrowserWindow | null = null;
  let door: Door | null = null;
  const command = (name: string): void => door?.send({ kind: 'command', command: name });
  const engine = new EngineProcess({
    program: place.engineProgram,
    args: ['--config-dir', place.userData, '--practice-program', place.practiceProgram],
    log,
    received: (message) => door?.send(message),
    died: (code) => void engineDied(code),
  });

  const openWindow = (openAtStart: string | null): void => {
    const opened = createWindow(place.preload, settings);
    const context: AppContext = {
      window: opened,
      settings,
      logFile: place.logFile,
      log,
      openAtStart,
      settingsChanged: buildMenu,
    };
    window = opened;
    door = openDoor(opened, engine, context);
    watchPage(opened, logFile);
    opened.on('close', (event) => {
      if (!engine.requests.deploying) return;
      event.preventDefault();
      // The page keeps itself open while a deploy runs; the person has just decided otherwise.
      if (leaveAnyway(opened)) opened.destroy();
    });
    opened.on('closed', () => {
      window = null;
      door = null;
    });
  };

  const buildMenu = (): void => {
    const actions = {
      send: command,
      showLogFile: () => shell.showItemInFolder(place.logFile),
      restartEngine: () => engine.start(),
      showAbout: () => app.showAboutPanel(),
    };
    Menu.setApplicationMenu(
      Menu.buildFromTemplate(menuTemplate(actions, settings.read().recent, process.platform)),
    );
  };

  async function engineDied(code: number): Promise<void> {
    const { response } = await dialog.showMessageBox({
      type: 'error',
      title: 'Kanilink',
      message: 'The engine, the part of Kanilink that talks to servers, has stopped.',
      detail: `Exit code ${code}. If a deploy was running, its journal says how far it came: review the fleet before the next one.`,
      buttons: ['Restart the engine', 'Show log file', 'Later'],
      defaultId: 0,
      cancelId: 2,
      noLink: true,
    });
    if (response === 0) engine.start();
    if (response === 1) shell.showItemInFolder(place.logFile);
  }

  app.on('second-instance', (_event, _argv, _folder, data) => {
    window?.show();
    window?.focus();
    const fleet = fleetOf(data);
    if (fleet !== null) command(`open-path:${fleet}`);
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    command(`open-path:${path}`);
  });
  app.on('activate', () => {
    if (app.isReady() && window === null) openWindow(null);
  });
  app.on('window-all-closed', () => app.quit());
  let ended = false;
  app.on('will-quit', (event) => {
    if (ended) return;
    event.preventDefault();
    void engine.close().then(() => {
      ended = true;
      app.quit();
    });
  });

  void app.whenReady().then(() => {
    log(`Kanilink ${app.getVersion()}, Electron ${process.versions.electron}, ${process.platform}`);
    app.setAboutPanelOptions({ applicationName: 'Kanilink', applicationVersion: app.getVersion() });
    restrictSession(session.defaultSession, log);
    serveWindow(session.defaultSession, place.renderer);
    engine.start();
    buildMenu();
    openWindow(given.fleet);
  });
}

/** A closing window asks first when a deploy runs: quitting stops it after the step it is at. */
function leaveAnyway(window: BrowserWindow): boolean {
  const response = dialog.showMessageBoxSync(window, {
    type: 'warning',
    title: 'Kanilink',
    message: 'A deploy is running.',
    detail: 'Quitting cancels it: it stops at a safe point, and servers keep a whole config, old or new.',
    buttons: ['Keep it running', 'Cancel the deploy and quit'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  return response === 1;
}

function fleetOf(data: unknown): string | null {
  return typeof data === 'object' && data !== null && 'fleet' in data && typeof data.fleet === 'string'
    ? data.fleet
    : null;
}
