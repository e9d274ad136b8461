import { app, clipboard, dialog, nativeTheme, Notification, type BrowserWindow } from 'electron';
import { writeFile } from 'node:fs/promises';
import { asks, type AskOf } from '../../shared/ipc';
import { fail, ok } from '../../shared/result';
import { answering, type Answering } from '../engine/door/answering';
import { shouldNotify } from './notify';
import type { SettingsFile } from './settings';

/** What the app's own answers need. */
export interface AppContext {
  readonly window: BrowserWindow;
  readonly settings: SettingsFile;
  readonly logFile: string;
  readonly log: (line: string) => void;
  /** The fleet named on the command line; absolute. */
  readonly openAtStart: string | null;
  readonly settingsChanged: () => void;
}

/** The app answers at once or waits for a person: no limit. */
const NONE = Number.POSITIVE_INFINITY;
const FLEET_FILES = [
  { name: 'Fleet', extensions: ['toml'] },
  { name: 'All files', extensions: ['*'] },
];
const MADE = { svg: 'Picture', png: 'Picture', md: 'Markdown' } as const;

/** The app's answers to the window: what only it can do (dialogs, clipboard) and what it keeps (settings). */
export const appAnswers: Readonly<Record<AskOf<'app'>, Answering<AppContext>>> = {
  'dialog.open-fleet': answering(asks['dialog.open-fleet'], NONE, async (_, { window }: AppContext) => {
    const { filePaths } = await dialog.showOpenDialog(window, {
      title: 'Open a fleet',
      properties: ['openFile'],
      filters: FLEET_FILES,
    });
    return ok({ path: filePaths[0] ?? null });
  }),
  'dialog.save-fleet': answering(
    asks['dialog.save-fleet'],
    NONE,
    async ({ suggested }, { window }: AppContext) => {
      const { filePath } = await dialog.showSaveDialog(window, {
        title: 'Save the fleet',
        defaultPath: suggested,
        filters: FLEET_FILES,
      });
      return ok({ path: filePath === '' ? null : filePath });
    },
  ),
  'file.save-as': answering(
    asks['file.save-as'],
    NONE,
    async ({ suggested, kind, base64 }, { window }: AppContext) => {
      const { filePath } = await dialog.showSaveDialog(window, {
        title: 'Save as',
        defaultPath: suggested,
        filters: [{ name: MADE[kind], extensions: [kind] }],
      });
      if (filePath === '') return ok({ path: null });
      try {
        await writeFile(filePath, Buffer.from(base64, 'base64'));
      } catch (cause) {
        return fail({
          code: 'cannot-save',
          message: `It could not be saved: ${cause instanceof Error ? cause.message : String(cause)}`,
          fix: 'Choose another place.',
          where: { file: filePath },
        });
      }
      return ok({ path: filePath });
    },
  ),
  'deploy.ended': answering(asks['deploy.ended'], NONE, async (words, { window }: AppContext) => {
    const seen = {
      visible: window.isVisible(),
      minimized: window.isMinimized(),
      focused: window.isFocused(),
    };
    if (!shouldNotify(seen, Notification.isSupported())) return ok({ told: false });
    const notification = new Notification({ title: `Kanilink: ${words.title}`, body: words.text });
    notification.on('click', () => {
      if (window.isDestroyed()) return;
      if (window.isMinimized()) window.restore();
      window.show();
    });
    notification.show();
    return ok({ told: true });
  }),
  'clipboard.write': answering(asks['clipboard.write'], NONE, async ({ text }, _: AppContext) => {
    await clipboard.writeText(text);
    return ok({});
  }),
  'settings.read': answering(asks['settings.read'], NONE, async (_, { settings }: AppContext) => {
    const { theme, readOnly, recent } = settings.read();
    return ok({ theme, readOnly, recent });
  }),
  'settings.write': answering(asks['settings.write'], NONE, async (change, context: AppContext) => {
    const given = Object.entries(change).filter(([, value]) => value !== undefined);
    context.settings.change(Object.fromEntries(given));
    nativeTheme.themeSource = context.settings.read().theme;
    context.settingsChanged();
    return ok({});
  }),
  'app.about': answering(asks['app.about'], NONE, async (_, { logFile, openAtStart }: AppContext) =>
    ok({ version: app.getVersion(), electron: process.versions.electron, logFile, openAtStart }),
  ),
  'app.report-error': answering(
    asks['app.report-error'],
    NONE,
    async ({ message, stack }, { log }: AppContext) => {
      log(`window: ${message}\n${stack}`);
      return ok({});
    },
  ),
};
