import type { BrowserWindow } from 'electron';
import { app, dialog, Menu, nativeTheme, powerMonitor, session, shell } from 'electron';
import { join } from 'node:path';
import type { CommandId } from '../../shared/ipc';
import type { AppContext } from './answers';
import { Background } from './background/background';
import type { WatchingSettings } from './background/watching-menu';
import { ChosenPaths } from './chosen-paths';
import { Closing } from './closing';
import { readArguments } from './command-line';
import { openDoor, type Door } from './door';
import { Drafts } from './drafts';
import { EngineProcess } from './engine-process';
import { catchUnexpected, watchPage } from './errors';
import { openLogFile } from './log-file';
import { menuTemplate } from './menu';
import { places } from './places';
import { prepareProfile, refuseProfile } from './profile';
import { registerScheme, serveWindow } from './protocol';
import { restrictContents, restrictSession } from './security';
import { openSettings } from './settings';
import { stayAwakeWhile } from './stay-awake';
import { afterFirstPaint, createWindow } from './window';

/** The app: one window, one engine, and what ties them. Everything it does is in the files beside this one. */
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
  registerScheme();
  restrictContents(app, log);
  const settings = openSettings(join(place.userData, 'settings.json'), log);
  const drafts = new Drafts(join(place.userData, 'drafts'), log);
  nativeTheme.themeSource = settings.read().theme;

  const paths = new ChosenPaths();
  for (const path of settings.read().recent) paths.add(path);

  let window: BrowserWindow | null = null;
  let door: Door | null = null;
  /** The fleet to open with the first window: macOS names it before the app is ready. */
  let first = given.fleet;
  const openPath = (path: string): void => {
    paths.add(path);
    if (door === null && !app.isReady()) first = path;
    else door?.send({ kind: 'open-path', path });
  };
  const engine = new EngineProcess({
    program: place.engineProgram,
    args: [
      ...['--config-dir', place.userData],
      ...place.practiceProgram.map((word) => `--practice-program=${word}`),
      ...(given.trace ? ['--trace'] : []),
    ],
    log,
    received: (message) => {
      background.received(message);
      door?.send(message);
    },
    sent: (message) => background.sent(message),
    died: (code) => void engineDied(code),
  });

  const showWindow = (): void => {
    if (window === null) openWindow(null);
    else if (window.isMinimized()) window.restore();
    window?.show();
    window?.focus();
  };
  const closing = new Closing({
    background: () => settings.read().background,
    deploying: () => engine.requests.deploying,
    show: showWindow,
    hide: () => {
      window?.webContents.setBackgroundThrottling(false);
      window?.hide();
    },
    leaveAnyway: () => window !== null && leaveAnyway(window),
  });
  const background = new Background({
    ...{ icon: place.icon, settings, window: () => window, show: showWindow, log },
    quit: () => app.quit(),
  });

  const openWindow = (openAtStart: string | null): BrowserWindow => {
    const opened = createWindow(place.preload, settings);
    if (openAtStart !== null) paths.add(openAtStart);
    const context: AppContext = {
      window: opened,
      settings,
      drafts,
      paths,
      logFile: place.logFile,
      log,
      openAtStart,
      troubles: [logFile.trouble, settings.trouble, drafts.trouble].filter((text) => text !== null),
      settingsChanged: buildMenu,
      pageLeaves: () => closing.pageLeaves(),
    };
    window = opened;
    door = openDoor(opened, engine, context);
    watchPage(opened, logFile);
    opened.webContents.on('will-prevent-unload', () => closing.pageAsks());
    opened.on('close', (event) => {
      const asked = closing.asked();
      if (asked !== 'close') event.preventDefault();
      // The page keeps itself open while a deploy runs; the person has just decided otherwise.
      if (asked === 'destroy') opened.destroy();
    });
    opened.on('closed', () => {
      window = null;
      door = null;
    });
    return opened;
  };

  const buildMenu = (): void => {
    const actions = {
      send: (command: CommandId) => door?.send({ kind: 'command', command }),
      openPath,
      showLogFile: () => shell.showItemInFolder(place.logFile),
      restartEngine: () => engine.start(),
      showAbout: () => app.showAboutPanel(),
      watching: settings.read(),
      changeWatching: (part: Partial<WatchingSettings>) => {
        settings.change(part);
        background.settingsChanged();
        buildMenu();
      },
      devTools: !app.isPackaged || process.env['KANILINK_DEVTOOLS'] === '1',
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
    showWindow();
    const fleet = fleetOf(data);
    if (fleet !== null) openPath(fleet);
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    openPath(path);
  });
  app.on('activate', () => {
    if (app.isReady()) showWindow();
  });
  app.on('before-quit', () => closing.quits());
  app.on('window-all-closed', () => app.quit());
  let ended = false;
  app.on('will-quit', (event) => {
    if (ended) return;
    event.preventDefault();
    void Promise.all([engine.close(), drafts.settled()]).then(() => {
      ended = true;
      app.quit();
    });
  });

  void app.whenReady().then(() => {
    log(`Kanilink ${app.getVersion()}, Electron ${process.versions.electron}, ${process.platform}`);
    app.setAboutPanelOptions({ applicationName: 'Kanilink', applicationVersion: app.getVersion() });
    restrictSession(session.defaultSession, log);
    serveWindow(session.defaultSession, place.renderer);
    powerMonitor.on('resume', () => engine.woke());
    background.start();
    stayAwakeWhile(() => engine.requests.deploying);
    buildMenu();
    afterFirstPaint(openWindow(first), () => engine.start());
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
