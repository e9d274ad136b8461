import { mount } from 'svelte';
import type { Bridge } from '../shared/ipc';
import { createClient } from './bridge/client';
import Window from './shell/Window.svelte';
import { App } from './state/app.svelte';
import { commandsOf } from './state/commands';
import { afterSaving, openPath } from './state/files';

declare global {
  interface Window {
    /** Put there by the preload script. */
    readonly kanilink: Bridge;
  }
}

/** The command that opens a file the person chose elsewhere: the menu's recent files, the file manager. */
const OPEN_PATH = 'open-path:';

/** Draws the window and connects it to the bridge. */
export function startWindow(bridge: Bridge): void {
  const app = new App(createClient(bridge));
  app.crashes.listen(window);
  app.client.onCommand((id) => {
    if (id.startsWith(OPEN_PATH))
      return afterSaving(app, () => void openPath(app, id.slice(OPEN_PATH.length)));
    const command = commandsOf(app).find((one) => one.id === id);
    if (command?.enabled) command.run();
  });
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  app.settings.systemDark = dark.matches;
  dark.addEventListener('change', () => (app.settings.systemDark = dark.matches));
  app.clock.start();
  const target = document.getElementById('window');
  if (!target) throw new Error('index.html has no place for the window');
  mount(Window, { target, props: { app } });
  void begin(app);
}

/** Reads the settings, and opens the fleet that was named on the command line. */
async function begin(app: App): Promise<void> {
  await app.settings.read();
  const about = await app.client.ask('app.about', {});
  if (about.ok && about.value.openAtStart !== null) await openPath(app, about.value.openAtStart);
}
