import { app, clipboard, dialog, nativeTheme, type BrowserWindow } from 'electron';
import { existsSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { FLEET_EXTENSION } from '../../shared/base/fleet-file-name';
import { asks, type AskOf } from '../../shared/ipc';
import { fail, ok, type Fault } from '../../shared/base/result';
import { answering, type Answering } from '../engine/ipc/answering';
import { showNotice } from './show-notice';
import { isFleetFile, underExtension, type ChosenPaths } from './chosen-paths';
import type { Drafts } from './drafts';
import { draftAnswers } from './draft-answers';
import type { SettingsFile } from './settings';

/** What the app's own answers need. */
export interface AppContext {
  readonly window: BrowserWindow;
  readonly settings: SettingsFile;
  readonly drafts: Drafts;
  /** The files the page may name. */
  readonly paths: ChosenPaths;
  readonly logFile: string;
  readonly log: (line: string) => void;
  /** What the app goes on without, in words for the person. */
  readonly troubles: readonly string[];
  /** The fleet named on the command line; absolute. */
  readonly openAtStart: string | null;
  readonly settingsChanged: () => void;
  /** The person agreed to what the page asked before it closes. */
  readonly pageLeaves: () => void;
  /** The page knows that the engine was started again. */
  readonly pageHeard: () => void;
}

/** The app answers at once or waits for a person: no limit. */
const NONE = Number.POSITIVE_INFINITY;
const FLEET_FILES = [
  { name: 'Fleet', extensions: ['toml'] },
  { name: 'All files', extensions: ['*'] },
];
const MADE = {
  svg: 'Picture',
  png: 'Picture',
  md: 'Markdown',
  json: 'Diagnostics',
  txt: 'Log',
  csv: 'Table',
} as const;

const taken = (file: string, extension: string): Fault => ({
  code: 'file-exists',
  message: `It is saved under a name that ends in ${extension}, and there is such a file already.`,
  fix: 'Choose that file itself to replace it, or another name.',
  where: { file },
});

/** The app's answers to the window: what only it can do (dialogs, clipboard) and what it keeps (settings). */
export const appAnswers: Readonly<Record<AskOf<'app'>, Answering<AppContext>>> = {
  'dialog.open-fleet': answering(
    asks['dialog.open-fleet'],
    NONE,
    async (_, { window, paths }: AppContext) => {
      const { filePaths } = await dialog.showOpenDialog(window, {
        title: 'Open a fleet',
        properties: ['openFile'],
        filters: FLEET_FILES,
      });
      const path = filePaths[0] ?? null;
      if (path !== null) paths.add(path);
      return ok({ path });
    },
  ),
  'dialog.save-fleet': answering(
    asks['dialog.save-fleet'],
    NONE,
    async ({ suggested }, { window, paths }: AppContext) => {
      const { filePath } = await dialog.showSaveDialog(window, {
        title: 'Save the fleet',
        // The dialog may begin in the folder of a file that was chosen, and nowhere else that the page says.
        defaultPath: paths.has(suggested) ? suggested : basename(suggested),
        filters: FLEET_FILES,
      });
      if (filePath === '') return ok({ path: null });
      const path = isFleetFile(filePath) ? filePath : `${filePath}${FLEET_EXTENSION}`;
      // The dialog has asked about overwriting the name it gave, not this one.
      if (path !== filePath && existsSync(path)) return fail(taken(path, FLEET_EXTENSION));
      paths.add(path);
      return ok({ path });
    },
  ),
  'file.save-as': answering(
    asks['file.save-as'],
    NONE,
    async ({ suggested, kind, base64 }, { window }: AppContext) => {
      const { filePath } = await dialog.showSaveDialog(window, {
        title: 'Save as',
        defaultPath: basename(suggested),
        filters: [{ name: MADE[kind], extensions: [kind] }],
      });
      if (filePath === '') return ok({ path: null });
      // Under the extension of what it is: the page says what the dialog suggests, and may not be ours any more.
      const path = underExtension(filePath, `.${kind}`);
      if (path !== filePath && existsSync(path)) return fail(taken(path, `.${kind}`));
      try {
        // A runbook holds what stands in a server.toml, diagnostics and logs name hosts: nobody else reads them.
        const mode = kind === 'svg' || kind === 'png' ? 0o644 : 0o600;
        if (mode === 0o600 && existsSync(path)) await chmod(path, mode);
        await writeFile(path, Buffer.from(base64, 'base64'), { mode });
      } catch (cause) {
        return fail({
          code: 'cannot-save',
          message: `It could not be saved: ${cause instanceof Error ? cause.message : String(cause)}`,
          fix: 'Choose another place.',
          where: { file: path },
        });
      }
      return ok({ path });
    },
  ),
  'deploy.ended': answering(asks['deploy.ended'], NONE, async (words, { window }: AppContext) => {
    const told = showNotice(window, words, () => {
      if (window.isDestroyed()) return;
      if (window.isMinimized()) window.restore();
      window.show();
    });
    return ok({ told });
  }),
  'window.leaves': answering(asks['window.leaves'], NONE, async (_, { pageLeaves }: AppContext) => {
    pageLeaves();
    return ok({});
  }),
  'engine.heard': answering(asks['engine.heard'], NONE, async (_, { pageHeard }: AppContext) => {
    pageHeard();
    return ok({});
  }),
  'clipboard.write': answering(asks['clipboard.write'], NONE, async ({ text }, _: AppContext) => {
    await clipboard.writeText(text);
    return ok({});
  }),
  'settings.read': answering(asks['settings.read'], NONE, async (_, { settings }: AppContext) => {
    const { theme, readOnly, loginsEvery, ruvEvery, recent, layout } = settings.read();
    return ok({
      theme,
      readOnly,
      loginsEvery,
      ruvEvery,
      recent,
      ...(layout === undefined ? {} : { layout }),
    });
  }),
  'settings.write': answering(
    asks['settings.write'],
    NONE,
    async ({ recent, ...more }, context: AppContext) => {
      // What is recent may be opened at the next start: only what was chosen gets there.
      const chosen = recent?.filter((path) => context.paths.has(path));
      const given = Object.entries({ ...more, recent: chosen }).filter(([, value]) => value !== undefined);
      context.settings.change(Object.fromEntries(given));
      nativeTheme.themeSource = context.settings.read().theme;
      context.settingsChanged();
      return ok({});
    },
  ),
  'app.about': answering(asks['app.about'], NONE, async (_, { logFile, openAtStart, troubles }: AppContext) =>
    ok({
      version: app.getVersion(),
      electron: process.versions.electron,
      logFile,
      openAtStart,
      troubles: [...troubles],
    }),
  ),
  ...draftAnswers,
  'app.report-error': answering(
    asks['app.report-error'],
    NONE,
    async ({ message, stack }, { log }: AppContext) => {
      log(`window: ${message}\n${stack}`);
      return ok({});
    },
  ),
};
