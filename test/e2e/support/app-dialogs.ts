import type { ElectronWindow } from './electron-window';

/** Buttons of the question of trust, by their place. */
export const DECLINE = 0;
export const TRUST = 1;

/** The person's answers to the app's own dialogs from now on; what they said is kept for `said`. */
export async function answerWith({ app }: ElectronWindow, response: number): Promise<void> {
  await app.evaluate(({ dialog }, given) => {
    const texts: string[] = (Reflect.get(globalThis, 'asked') as string[] | undefined) ?? [];
    Reflect.set(globalThis, 'asked', texts);
    dialog.showMessageBox = (...args: unknown[]) => {
      const { message, detail } = args.at(-1) as { message: string; detail: string };
      texts.push(`${message}\n${detail}`);
      return Promise.resolve({ response: given, checkboxChecked: false });
    };
  }, response);
}

/** What the app's own dialogs have said since they are answered by a test. */
export const said = ({ app }: ElectronWindow): Promise<readonly string[]> =>
  app.evaluate(() => (Reflect.get(globalThis, 'asked') as string[] | undefined) ?? []);

/** Puts a question as the engine would. */
export const askAsEngine = ({ app }: ElectronWindow, name: string, question: object): Promise<void> =>
  app.evaluate(
    ({ BrowserWindow }, [asked, words]) =>
      BrowserWindow.getAllWindows()[0]?.webContents.send('kanilink', {
        kind: 'question',
        id: `test-${String(asked)}`,
        name: asked,
        question: words,
      }),
    [name, question] as const,
  );

/** A dialog of the app's own, or of the system, that stands and waits for a person. */
export interface HeldDialogs {
  /** What each has said since, the oldest first; its buttons, or its title. */
  said(): Promise<readonly string[]>;
  /** Presses the button at this place; `escape`: what Escape and Enter both do, which is one and the same. */
  press(nth: number, button: number | 'escape'): Promise<void>;
  /** Chooses a file; null: Cancel. */
  choose(nth: number, path: string | null): Promise<void>;
}

/** Has every dialog of the app's own and of the system stand until the test answers it. */
export async function holdDialogs({ app }: ElectronWindow): Promise<HeldDialogs> {
  const held = await app.evaluateHandle(({ dialog }) => {
    const all: {
      readonly words: string;
      readonly escape: number;
      readonly enter: number;
      press(response: number): void;
      choose(path: string | null): void;
    }[] = [];
    const hold =
      <T>(made: { button(response: number): T; file(path: string | null): T }) =>
      (...args: unknown[]) =>
        new Promise<T>((resolve) => {
          const { title, message, detail, cancelId, defaultId } = args.at(-1) as Electron.MessageBoxOptions;
          all.push({
            words: [message ?? title, detail].filter(Boolean).join('\n'),
            ...{ escape: cancelId ?? -1, enter: defaultId ?? -1 },
            press: (response) => resolve(made.button(response)),
            choose: (path) => resolve(made.file(path)),
          });
        });
    const none = () => {
      throw new Error('it has no such button');
    };
    dialog.showMessageBox = hold({
      button: (response) => ({ response, checkboxChecked: false }),
      file: none,
    });
    dialog.showOpenDialog = hold({
      button: none,
      file: (path) => ({ canceled: path === null, filePaths: path === null ? [] : [path] }),
    });
    dialog.showSaveDialog = hold({
      button: none,
      file: (path) => ({ canceled: path === null, filePath: path ?? '' }),
    });
    return all;
  });
  return {
    said: () => held.evaluate((all) => all.map(({ words }) => words)),
    press: (nth, button) =>
      held.evaluate(
        (all, [at, chosen]) => {
          const one = all[at as number];
          if (!one || (chosen === 'escape' && one.escape !== one.enter)) throw new Error('not such a dialog');
          one.press(chosen === 'escape' ? one.escape : (chosen as number));
        },
        [nth, button] as const,
      ),
    choose: (nth, path) =>
      held.evaluate((all, [at, chosen]) => all[at]?.choose(chosen), [nth, path] as const),
  };
}
