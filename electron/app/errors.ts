import { app, clipboard, dialog, shell, type BrowserWindow } from 'electron';
import type { LogFile } from './log-file';
import { pageAnswers, PageTrouble } from './page-trouble';

/**
 * What nobody expected reaches the log file and a person, with the details to copy. Without this Electron shows its own
 * dialog for exceptions, and nothing at all for rejected promises.
 */
export function catchUnexpected(log: LogFile): void {
  const tell = (cause: unknown): void => {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    const details = error.stack ?? error.message;
    log.write(`unexpected: ${details}`);
    void tellPerson(error.message, details, log.path);
  };
  process.on('uncaughtException', tell);
  process.on('unhandledRejection', tell);
}

async function tellPerson(message: string, details: string, logFile: string): Promise<void> {
  await app.whenReady();
  const { response } = await dialog.showMessageBox({
    type: 'error',
    title: 'Kanilink',
    message: 'Something went wrong that should not.',
    detail: `${message}\n\nKanilink continues if it can. Servers are not affected. Details are in\n${logFile}`,
    buttons: ['Go on', 'Copy details', 'Show log file', 'Quit'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  if (response === 1) await clipboard.writeText(details);
  if (response === 2) shell.showItemInFolder(logFile);
  if (response === 3) app.quit();
}

/** Watches the page: one that crashes, hangs or does not load is said and can be loaded again; never a blank window. */
export function watchPage(window: BrowserWindow, log: LogFile): void {
  const { webContents } = window;
  /** Its process is being ended, to load it afresh. */
  let ending = false;
  const trouble = new PageTrouble({
    ask: async ({ message, detail, answers, withdrawn }) => {
      if (window.isDestroyed()) return 'quit';
      const { response } = await dialog.showMessageBox(window, {
        type: 'error',
        title: 'Kanilink',
        message,
        detail: `${detail}\n\nA running deploy continues to its end.`,
        buttons: answers.map((answer) => pageAnswers[answer]),
        defaultId: 0,
        cancelId: 0,
        noLink: true,
        signal: withdrawn,
      });
      return answers[response] ?? 'quit';
    },
    showLog: () => shell.showItemInFolder(log.path),
    quit: () => app.quit(),
    load: () => {
      if (window.isDestroyed()) return;
      ending = !webContents.isCrashed();
      // A page that hangs takes no reload, and one that runs again would take it for a close.
      if (ending) webContents.forcefullyCrashRenderer();
      else webContents.reload();
    },
  });
  const gone = (message: string, detail: string): void => {
    log.write(`${message} ${detail}`);
    void trouble.gone(message, detail);
  };
  webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (ending) webContents.reload();
    else if (reason !== 'clean-exit')
      gone('The window stopped working.', `${reason}, exit code ${exitCode}.`);
    ending = false;
  });
  webContents.on('did-fail-load', (_event, code, description, url, isMainFrame) => {
    // -3: another load took its place.
    if (!isMainFrame || code === -3) return;
    window.show();
    gone('The window could not be loaded.', `${description} (${code}): ${url}`);
  });
  webContents.on('preload-error', (_event, path, error) => {
    window.show();
    gone('The window could not be prepared.', `${path}: ${error.message}`);
  });
  webContents.on('unresponsive', () => {
    log.write('The window does not answer.');
    void trouble.hangs();
  });
  webContents.on('responsive', () => {
    log.write('The window answers again.');
    trouble.answers();
  });
  // Electron 33 gives the parts as arguments and a number as level, newer ones give one object with a word.
  webContents.on('console-message', (details: unknown, level: unknown, message: unknown) => {
    const said = consoleLine(details) ?? (level === 3 && typeof message === 'string' ? message : null);
    if (said !== null) log.write(`window console: ${said}`);
  });
}

/** The text of an error the page printed; null: it is something else. */
function consoleLine(details: unknown): string | null {
  if (typeof details !== 'object' || details === null) return null;
  const level: unknown = Reflect.get(details, 'level');
  const message: unknown = Reflect.get(details, 'message');
  return level === 'error' && typeof message === 'string' ? message : null;
}
