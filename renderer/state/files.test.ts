import { expect, it, vi } from 'vitest';
import { addServer } from '../../shared/fleet/edit-fleet';
import { createClient } from '../bridge/client';
import { RecordedBridge } from '../bridge/recorded-bridge';
import { App } from './app.svelte';
import { afterSaving, openPath, save, saveAs } from './files';

const text = 'version = 1\nname = "Lab"\n';
const add = (from: string) => addServer(from, { id: 'idm-a', connect: 'ssh', endpoint: 'ssh://a' });
const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

async function opened() {
  const bridge = new RecordedBridge();
  const app = new App(createClient(bridge));
  const opening = openPath(app, '/lab.toml');
  bridge.answer('fleet.load', { path: '/lab.toml', text });
  await soon();
  bridge.answer('settings.write', {});
  await opening;
  return { bridge, app };
}

it('saving names the text it expects on disk, so that nothing is overwritten unseen', async () => {
  const { bridge, app } = await opened();
  app.edit('Add', add);
  const saving = save(app);
  expect(bridge.last('ask').question).toEqual({ path: '/lab.toml', text: app.document.text, expect: text });
  bridge.answer('fleet.save', { path: '/lab.toml' });
  await soon();
  bridge.answer('settings.write', {});
  expect(await saving).toBe(true);
  expect(app.document.saved).toBe(true);
});

it('a refused save leaves the changes unsaved and says why', async () => {
  const { bridge, app } = await opened();
  app.edit('Add', add);
  const saving = save(app);
  const error = {
    code: 'file-changed',
    message: 'The file was changed by somebody else.',
    fix: 'Open it again.',
    where: {},
  };
  bridge.say({ kind: 'answer', id: bridge.last('ask').id, answer: { ok: false, error } });
  expect(await saving).toBe(false);
  expect(app.document.saved).toBe(false);
  expect(app.notices.shown[0]?.title).toBe('The file was changed by somebody else.');
});

it('choosing no file is no save', async () => {
  const { bridge, app } = await opened();
  const saving = saveAs(app);
  bridge.answer('dialog.save-fleet', { path: null });
  expect(await saving).toBe(false);
});

it('asks before unsaved changes would be lost', async () => {
  const { app } = await opened();
  const then = vi.fn();
  afterSaving(app, then);
  expect(then).toHaveBeenCalledTimes(1);
  app.edit('Add', add);
  afterSaving(app, then);
  expect(then).toHaveBeenCalledTimes(1);
  expect(app.dialog?.kind).toBe('unsaved');
});

it('a file that is not there changes nothing', async () => {
  const { bridge, app } = await opened();
  const opening = openPath(app, '/other.toml');
  const error = {
    code: 'file-not-found',
    message: 'There is no such file.',
    fix: 'Choose another.',
    where: {},
  };
  bridge.say({ kind: 'answer', id: bridge.last('ask').id, answer: { ok: false, error } });
  expect(await opening).toBe(false);
  expect(app.document.path).toBe('/lab.toml');
});

it('read-only mode lets nothing be edited or undone', async () => {
  const { app } = await opened();
  app.edit('Add', add);
  app.settings.readOnly = true;
  expect(app.edit('Again', add)).toBe(false);
  app.undo();
  expect(app.document.fleet?.servers).toHaveLength(1);
});
