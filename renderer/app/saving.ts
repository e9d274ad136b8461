import { fleetFileName } from '../../shared/base/fleet-file-name';
import type { FleetText } from '../../shared/ipc';
import { fileName } from '../base/words';
import type { App } from './app.svelte';

/** Saving the fleet file, as the buttons, the menu and the palette do it. */

/** A document as it was when a person asked to save it. */
type Wanted = FleetText & Pick<App['document'], 'taken'>;

const wantedOf = ({ document }: App): Wanted => ({ ...document.question(), taken: document.taken });

/**
 * Saves as a person asks by key or menu. What they typed in a dialog that is open becomes part of the fleet first, as its own
 * button would do it; where it cannot, nothing is saved.
 */
export async function saveAll(app: App, how: (app: App) => Promise<boolean> = save): Promise<void> {
  if (await app.forms.keep()) await how(app);
  else
    app.notices.show(
      'warn',
      'Nothing was saved.',
      'What you typed in the dialog is not in the fleet yet. Finish it there, or close it, then save.',
      { holds: () => app.forms.dirty },
    );
}

/** Saves where the file lies, or asks where. Returns true when it is saved and still open. */
export async function save(app: App): Promise<boolean> {
  const { open, path, savedText } = app.document;
  if (!open) return true;
  return path === null ? await saveAs(app) : await write(app, wantedOf(app), path, savedText);
}

/** Asks where, and saves there; the dialog has asked about overwriting. */
export async function saveAs(app: App): Promise<boolean> {
  const wanted = wantedOf(app);
  const suggested = wanted.path ?? fleetFileName(app.document.fleet?.name ?? '');
  const unsaved = whileUnsaved(app);
  const answer = await app.client.ask('dialog.save-fleet', { suggested });
  if (!answer.ok) {
    app.notices.fault(answer.error, unsaved);
    return false;
  }
  const path = answer.value.path;
  if (path === null || !stillOpen(app, wanted)) return false;
  if (path === app.document.path) return await write(app, wanted, path, app.document.savedText);
  const there = await app.client.ask('fleet.load', { path });
  return stillOpen(app, wanted) && (await write(app, wanted, path, there.ok ? there.value.text : null));
}

/** Is this the document that is open? Says otherwise that it was not saved. */
function stillOpen({ document, notices }: App, { taken }: Wanted): boolean {
  if (document.taken === taken) return true;
  notices.show(
    'warn',
    'Nothing was saved.',
    'Another fleet was opened meanwhile. To save that one, choose Save as again.',
  );
  return false;
}

/** The answer may come when another document is open: it says nothing about that one. */
async function write(
  app: App,
  { taken, path: from, ...wanted }: Wanted,
  path: string,
  expect: string | null,
): Promise<boolean> {
  const { document } = app;
  const unsaved = whileUnsaved(app);
  const { text } = wanted;
  document.saving = text;
  const answer = await app.client.ask('fleet.save', { ...wanted, path, expect, from });
  const isOpen = document.taken === taken;
  if (isOpen && answer.ok) document.wasSaved(answer.value.path, text);
  if (isOpen && document.saving === text) document.saving = null;
  if (!answer.ok) {
    // A person agreed to lose it.
    if (!isOpen) return false;
    if (answer.error.code === 'fleet-changed' && path === from && (await showDisk(app))) return false;
    app.notices.fault(answer.error, unsaved);
    return false;
  }
  app.notices.show('good', `Saved ${fileName(answer.value.path)}.`);
  await app.settings.opened(answer.value.path);
  return document.taken === taken;
}

/** That it could not be saved is so while this document is open and not saved. */
function whileUnsaved({ document }: App): () => boolean {
  const { taken } = document;
  return () => document.taken === taken && !document.saved;
}

/** Shows what another program did to the file, unless a question is open. @returns false when it is not shown */
async function showDisk(app: App): Promise<boolean> {
  if (app.dialog !== null) return false;
  await app.onDisk.look();
  if (app.dialog !== null || app.onDisk.changed === null) return false;
  app.dialog = { kind: 'disk' };
  return true;
}
