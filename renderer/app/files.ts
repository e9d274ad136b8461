import type { DraftHead, TypedForm } from '../../shared/ipc';
import type { App } from './app.svelte';
import type { Leave, TypedOf, UnsavedQuestion } from './open-dialog';
import { type FleetReader, fleetReader } from '../document/fleet-reader';
import { save } from './saving';
import { reviewTrust } from './trust';

/** Opening and leaving fleet files, as the buttons, the menu and the palette do it. */

/**
 * Asks about unsaved changes when there are any, then goes on; a person's Cancel ends it there. `then` gets the text the
 * person agreed to lose. That text stays open and unsaved until `then` puts something in its place.
 */
export function afterSaving(app: App, then: (leave: Leave) => void): void {
  if (app.deploy.active)
    app.notices.show('warn', 'A deploy is running.', 'Wait for its end, or cancel it first.', {
      holds: () => app.deploy.active,
    });
  else
    app.forms.leave(() => {
      if (app.document.open && !app.document.saved) app.dialog = { kind: 'unsaved', then };
      else then(null);
    });
}

/** “Save”: saves, then goes on. Without a save, or when the person has closed the question meanwhile, it ends there. */
export async function saveAndGoOn(app: App, question: UnsavedQuestion): Promise<void> {
  if (!(await save(app)) || app.dialog !== question) return;
  app.closeDialog();
  // Asks again about what was edited while it was saved.
  afterSaving(app, question.then);
}

/** “Don't save”: goes on without the text as it stands now. */
export function goOnUnsaved(app: App, question: UnsavedQuestion): void {
  app.closeDialog();
  question.then(app.document.text);
}

/** Goes on at once where nothing else than `leave` would be lost; asks again about what was edited since. */
function losing(app: App, leave: Leave, then: () => void): void {
  const { open, saved, text } = app.document;
  if (!app.deploy.active && !app.forms.dirty && (!open || saved || text === leave)) then();
  else afterSaving(app, then);
}

/** Closes the window over what the person agreed to lose. */
export async function closeWindow(app: App, leave: Leave): Promise<void> {
  if (leave !== null) await app.drafts.declineOpen();
  app.leaving = leave;
  window.close();
}

/** The same where the window was told to close, and asked: a quit that was begun goes on. */
export async function closeAsAsked(app: App, leave: Leave): Promise<void> {
  await app.client.ask('window.leaves', {});
  await closeWindow(app, leave);
}

/** May the window close now? What the person agreed to lose counts for this once. */
export function mayClose(app: App): boolean {
  const agreed = app.leaving;
  app.leaving = null;
  const { open, saved, text } = app.document;
  return !app.forms.dirty && (!open || (!app.deploy.active && (saved || text === agreed)));
}

/** Begins a new fleet, once what was changed is saved or given up; `then` goes on with it. */
export function newFile(app: App, then: () => void = () => undefined): void {
  const begin = ({ newFleet }: FleetReader): void => {
    take(app, null, newFleet('New fleet'), null);
    app.notices.say('New fleet. Add a server to begin.');
    then();
  };
  afterSaving(app, (leave) => {
    if (fleetReader.loaded !== null) begin(fleetReader.loaded);
    else void fleetReader.load().then((reader) => losing(app, leave, () => begin(reader)));
  });
}

/** Asks which running servers are to become a fleet. */
export function adoptServers(app: App): void {
  afterSaving(app, (leave) => (app.dialog = { kind: 'adopt', leave }));
}

/** Takes the fleet drawn from running servers: not saved yet. */
export function takeAdopted(app: App, leave: Leave, text: string, servers: number): void {
  // What was typed to find them is in the fleet.
  app.closeDialog();
  losing(app, leave, () => {
    take(app, null, text, null);
    app.notices.show(
      'good',
      servers === 1 ? 'Adopted 1 server.' : `Adopted ${servers} servers.`,
      'Nothing is changed on them. Save the fleet to keep it.',
    );
  });
}

/** Asks for a file and opens it, once what was changed is saved or given up. */
export function openFile(app: App): void {
  afterSaving(app, (leave) => void chooseAndOpen(app, leave));
}

async function chooseAndOpen(app: App, leave: Leave): Promise<void> {
  const answer = await app.client.ask('dialog.open-fleet', {});
  if (!answer.ok) return app.notices.fault(answer.error);
  if (answer.value.path !== null) await openPath(app, answer.value.path, leave);
}

/**
 * Loads a fleet file. One that does not parse is opened too, to show where it is wrong.
 *
 * @param leave what the person agreed to lose; other unsaved changes are asked about first
 * @returns false when it cannot be read: what was open stays open
 */
export async function openPath(app: App, path: string, leave: Leave = null): Promise<boolean> {
  app.busy = 'Opening the fleet…';
  const answer = await app.client.ask('fleet.load', { path });
  app.busy = null;
  if (fleetReader.loaded === null) await fleetReader.load();
  if (!answer.ok) {
    app.notices.fault(answer.error);
    return false;
  }
  const loaded = answer.value;
  losing(app, leave, () => {
    take(app, loaded.path, loaded.text, loaded.text, loaded.trusted);
    app.notices.say(`Opened ${app.document.fleet?.name ?? app.document.fileLabel}.`);
    void app.settings.opened(loaded.path);
    if (!loaded.trusted && app.document.usable) void reviewTrust(app);
    const draft = app.drafts.offeredFor(loaded.path);
    if (draft !== null) app.dialog = { kind: 'draft', draft };
  });
  return true;
}

/** Takes back what an earlier start left unsaved, under the same question of trust as a file. */
export function takeDraftBack(app: App, { id }: DraftHead): void {
  afterSaving(app, (leave) => void openDraft(app, id, leave));
}

async function openDraft(app: App, id: string, leave: Leave): Promise<void> {
  const read = await app.client.ask('draft.read', { id });
  if (!read.ok) return app.notices.fault(read.error);
  const draft = read.value.draft;
  if (draft === null) {
    await app.drafts.decline(id);
    return app.notices.show('warn', 'These changes cannot be read any more.', 'Nothing was opened.');
  }
  const { path, base, text, form } = draft;
  if (form?.kind === 'adopt' && path === null && text === '') return takeAddressesBack(app, id, form, leave);
  const judge = async (of: string): Promise<boolean> => {
    const judged = await app.client.ask('fleet.judge', { fleet: { path, text: of }, mine: null });
    return judged.ok && judged.value.trusted;
  };
  // The engine keeps the answer about what it was asked last: that is the text that opens.
  const baseTrusted = base !== null && path !== null && (await judge(base));
  const trusted = await judge(text);
  if (fleetReader.loaded === null) await fleetReader.load();
  losing(app, leave, () => {
    app.drafts.taken(id);
    take(app, path, text, base, trusted, { id, baseTrusted });
    if (form !== null) openTyped(app, form);
    app.notices.say('The changes are back. They are not saved yet.');
    if (path !== null) void app.settings.opened(path);
    if (!trusted && app.document.usable) void reviewTrust(app);
  });
}

/** Addresses that were typed while no fleet was open: nothing else comes back with them. */
function takeAddressesBack(app: App, id: string, typed: TypedOf<'adopt'>, leave: Leave): void {
  losing(app, leave, () => {
    if (app.document.open) void app.drafts.decline(id);
    else {
      app.document.draft = id;
      app.drafts.taken(id);
    }
    openTyped(app, typed);
  });
}

/** Opens the form that was open, with what was typed in it. */
function openTyped(app: App, typed: TypedForm): void {
  if (typed.kind === 'text') app.dialog = { kind: 'text', line: null, typed };
  else if (typed.kind === 'server') app.dialog = { kind: 'server', id: typed.id, typed };
  else if (typed.kind === 'adopt') app.dialog = { kind: 'adopt', leave: null, typed };
  else app.dialog = { kind: 'name', typed };
  // Known before the form is drawn: what is kept of it stays on the disk.
  app.forms.typed = typed;
}

/** Starts the practice fleet, or finds the one that runs, and opens it. */
export function practise(app: App): void {
  afterSaving(app, (leave) => void startPractice(app, leave));
}

async function startPractice(app: App, leave: Leave): Promise<void> {
  app.busy = 'Starting the practice fleet…';
  const answer = await app.client.ask('practice.start', { servers: 2 });
  app.busy = null;
  if (answer.ok) await openPath(app, answer.value.path, leave);
  else app.notices.fault(answer.error);
}

function take(
  app: App,
  path: string | null,
  text: string,
  savedText: string | null,
  trusted = true,
  draft?: { readonly id: string; readonly baseTrusted: boolean },
): void {
  app.selection.clear();
  app.dialog = null;
  app.live.forget();
  app.log.stop();
  app.log.clear();
  app.review.forget();
  app.deploy.forget();
  app.past.forget();
  app.comparing.forget();
  app.chart.forget();
  app.document.take(path, text, savedText, trusted, draft);
}
