import { mount } from 'svelte';
import type { Bridge } from '../shared/ipc';
import { firstPaint } from './base/first-paint';
import { createClient } from './bridge/ipc-client';
import Window from './shell/Window.svelte';
import { loadLaterParts } from './shell/later-parts';
import { App } from './app/app.svelte';
import { commandsOf } from './commands/commands';
import { takeLayout } from './app/keep-layout';
import { afterSaving, openPath } from './app/files';

declare global {
  interface Window {
    /** Put there by the preload script. */
    readonly kanilink: Bridge;
  }
}

/** Draws the window and connects it to the bridge. */
export function startWindow(bridge: Bridge): void {
  const painted = firstPaint();
  const app = new App(createClient(bridge, painted));
  app.crashes.listen(window);
  app.client.onCommand((id) => {
    const command = commandsOf(app).find((one) => one.id === id);
    if (command?.enabled) command.run();
  });
  app.client.onOpenPath((path) => afterSaving(app, (leave) => void openPath(app, path, leave)));
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  app.settings.systemDark = dark.matches;
  dark.addEventListener('change', () => (app.settings.systemDark = dark.matches));
  app.panels.watch(window);
  app.clock.start();
  const target = document.getElementById('window');
  if (!target) throw new Error('index.html has no place for the window');
  mount(Window, { target, props: { app } });
  void loadLaterParts(painted);
  void begin(app);
}

/** Reads the settings, and opens the fleet that was named on the command line. */
async function begin(app: App): Promise<void> {
  await app.settings.read();
  if (app.settings.layout !== null) takeLayout(app, app.settings.layout);
  app.settings.ready = true;
  // For tests: the app's other parts are there, and answer.
  document.documentElement.dataset['ready'] = '';
  const about = await app.client.ask('app.about', {});
  if (about.ok) for (const trouble of about.value.troubles) app.notices.show('warn', trouble);
  await app.drafts.look();
  if (about.ok && about.value.openAtStart !== null) await openPath(app, about.value.openAtStart);
  const [draft] = app.drafts.offered;
  if (draft !== undefined && app.dialog === null) app.dialog = { kind: 'draft', draft };
}
