import type { BrowserWindow } from 'electron';
import { app, dialog, Menu, powerMonitor, shell } from 'electron';
import { join } from 'node:path';
import type { CommandId } from '../../shared/ipc';
import type { AppContext } from './answers';
import { Background } from './background/background';
import type { WatchingSettings } from './background/watching-menu';
import { ChosenPaths } from './chosen-paths';
import { Closing } from './closing';
import { openRouter, type IpcRouter } from './ipc-router';
import { Drafts } from './drafts';
import { EngineProcess } from './engine-process';
import { watchPage } from './errors';
import type { LogFile } from './log-file';
import { menuTemplate } from './menu';
import type { Places } from './places';
import type { SettingsFile } from './settings';
import { stayAwakeWhile } from './stay-awake';
import { createWindow } from './window';

/** What the start has made. */
export interface Begun {
  /** The first window. */
  readonly window: BrowserWindow;
  /** Settled once its page has painted. */
  readonly painted: Promise<void>;
  readonly place: Places;
  readonly logFile: LogFile;
  readonly settings: SettingsFile;
  /** The engine says more. */
  readonly trace: boolean;
  /** The fleet that was named to the start; null: none. */
  readonly openAtStart: string | null;
}

/**
 * What the app is beside its first window: the engine, the way between both, and what the system asks of it. Everything it does
 * is in the files beside this one.
 */
export function runApp({ window: made, painted, place, logFile, settings, trace, openAtStart }: Begun): void {
  const log = logFile.write;
  const drafts = new Drafts(join(place.userData, 'drafts'), log);

  const paths = new ChosenPaths();
  for (const path of settings.read().recent) paths.add(path);

  let window: BrowserWindow | null = null;
  let router: IpcRouter | null = null;
  const openPath = (path: string): void => {
    paths.add(path);
    router?.send({ kind: 'open-path', path });
  };
  const engine = new EngineProcess({
    program: place.engineProgram,
    args: [
      ...['--config-dir', place.userData],
      ...place.practiceProgram.map((word) => `--practice-program=${word}`),
      ...(trace ? ['--trace'] : []),
    ],
    log,
    received: (message) => {
      background.received(message);
      router?.send(message);
    },
    sent: (message) => background.sent(message),
    died: (code) => void engineDied(code),
  });

  const showWindow = (): void => {
    if (window === null) connect(createWindow(place.preload, settings), null);
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

  const connect = (opened: BrowserWindow, openFirst: string | null): void => {
    if (openFirst !== null) paths.add(openFirst);
    const context: AppContext = {
      window: opened,
      settings,
      drafts,
      paths,
      logFile: place.logFile,
      log,
      openAtStart: openFirst,
      troubles: [logFile.trouble, settings.trouble, drafts.trouble].filter((text) => text !== null),
      settingsChanged: buildMenu,
      pageLeaves: () => closing.pageLeaves(),
      pageHeard: () => engine.heard(),
    };
    window = opened;
    router = openRouter(opened, engine, context);
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
      router = null;
    });
  };

  const buildMenu = (): void => {
    const actions = {
      send: (command: CommandId) => router?.send({ kind: 'command', command }),
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
  app.on('activate', showWindow);
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

  log(`Kanilink ${app.getVersion()}, Electron ${process.versions.electron}, ${process.platform}`);
  app.setAboutPanelOptions({ applicationName: 'Kanilink', applicationVersion: app.getVersion() });
  connect(made, openAtStart);
  powerMonitor.on('resume', () => engine.woke());
  background.start();
  stayAwakeWhile(() => engine.requests.deploying);
  buildMenu();
  void painted.then(() => engine.start());
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
