import { newFleet } from '../../shared/fleet/edit-fleet';
import type { App } from './app.svelte';

/** Opening and saving fleet files, as the buttons, the menu and the palette do it. */

/** Asks about unsaved changes when there are any, then goes on; a person's Cancel ends it there. */
export function afterSaving(app: App, then: () => void): void {
  if (app.deploy.active)
    app.notices.show('warn', 'A deploy is running.', 'Wait for its end, or cancel it first.');
  else if (app.document.open && !app.document.saved) app.dialog = { kind: 'unsaved', then };
  else then();
}

export function newFile(app: App): void {
  afterSaving(app, () => {
    take(app, null, newFleet('New fleet'), null);
    app.notices.say('New fleet. Add a server to begin.');
  });
}

/** Asks which running servers are to become a fleet. */
export function adoptServers(app: App): void {
  afterSaving(app, () => (app.dialog = { kind: 'adopt' }));
}

/** Takes the fleet drawn from running servers: not saved yet. */
export function takeAdopted(app: App, text: string, servers: number): void {
  take(app, null, text, null);
  app.notices.show(
    'good',
    servers === 1 ? 'Adopted 1 server.' : `Adopted ${servers} servers.`,
    'Nothing is changed on them. Save the fleet to keep it.',
  );
}

export function openFile(app: App): void {
  afterSaving(app, () => void chooseAndOpen(app));
}

async function chooseAndOpen(app: App): Promise<void> {
  const answer = await app.client.ask('dialog.open-fleet', {});
  if (!answer.ok) return app.notices.fault(answer.error);
  if (answer.value.path !== null) await openPath(app, answer.value.path);
}

/** Loads a fleet file. One that does not parse is opened too, to show where it is wrong. */
export async function openPath(app: App, path: string): Promise<boolean> {
  app.busy = 'Opening the fleet…';
  const answer = await app.client.ask('fleet.load', { path });
  app.busy = null;
  if (!answer.ok) {
    app.notices.fault(answer.error);
    return false;
  }
  take(app, answer.value.path, answer.value.text, answer.value.text);
  app.notices.say(`Opened ${app.document.fleet?.name ?? app.document.fileLabel}.`);
  await app.settings.opened(answer.value.path);
  return true;
}

/** Starts the practice fleet, or finds the one that runs, and opens it. */
export function practise(app: App): void {
  afterSaving(app, () => void startPractice(app));
}

async function startPractice(app: App): Promise<void> {
  app.busy = 'Starting the practice fleet…';
  const answer = await app.client.ask('practice.start', { servers: 2 });
  app.busy = null;
  if (answer.ok) await openPath(app, answer.value.path);
  else app.notices.fault(answer.error);
}

/** Saves where the file lies, or asks where. Returns true when all is saved. */
export async function save(app: App): Promise<boolean> {
  const { document } = app;
  if (!document.open) return true;
  return document.path === null ? await saveAs(app) : await write(app, document.path, document.savedText);
}

/** Asks where, and saves there; the dialog has asked about overwriting. */
export async function saveAs(app: App): Promise<boolean> {
  const suggested = app.document.path ?? `${slug(app.document.fleet?.name ?? 'fleet')}.toml`;
  const answer = await app.client.ask('dialog.save-fleet', { suggested });
  if (!answer.ok) {
    app.notices.fault(answer.error);
    return false;
  }
  const path = answer.value.path;
  if (path === null) return false;
  if (path === app.document.path) return await write(app, path, app.document.savedText);
  const there = await app.client.ask('fleet.load', { path });
  return await write(app, path, there.ok ? there.value.text : null);
}

async function write(app: App, path: string, expect: string | null): Promise<boolean> {
  const text = app.document.text;
  const answer = await app.client.ask('fleet.save', { path, text, expect });
  if (!answer.ok) {
    app.notices.fault(answer.error);
    return false;
  }
  app.document.wasSaved(answer.value.path, text);
  app.notices.show('good', `Saved ${app.document.fileLabel}.`);
  await app.settings.opened(answer.value.path);
  return true;
}

function take(app: App, path: string | null, text: string, savedText: string | null): void {
  app.selection.clear();
  app.dialog = null;
  app.live.forget();
  app.log.stop();
  app.log.clear();
  app.review.forget();
  app.deploy.forget();
  app.past.forget();
  app.comparing.forget();
  app.document.take(path, text, savedText);
}

const slug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '') || 'fleet';
