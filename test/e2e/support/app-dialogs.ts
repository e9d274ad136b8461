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
