import { describe, expect, it } from 'vitest';
import { addServer } from '../../shared/fleet/edit/edit-fleet';
import { createClient } from '../bridge/ipc-client';
import { RecordedBridge } from '../bridge/recorded-bridge';
import { App } from './app.svelte';
import { save, saveAs } from './saving';
import '../dev/all-loaded';

const text = 'version = 1\nname = "Lab"\n';
const add = (from: string) => addServer(from, { id: 'idm-a', connect: 'ssh', endpoint: 'ssh://a' });
const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

const nowhere = { path: '/copy.toml', text: '' };

function opened() {
  const bridge = new RecordedBridge();
  const app = new App(createClient(bridge));
  app.document.take('/lab.toml', text, text);
  return { bridge, app };
}

it('saving names the text it expects on disk, so that nothing is overwritten unseen', async () => {
  const { bridge, app } = opened();
  app.edit('Add', add);
  const saving = save(app);
  expect(bridge.last('ask').question).toEqual({
    path: '/lab.toml',
    text: app.document.text,
    expect: text,
    from: '/lab.toml',
  });
  bridge.answer('fleet.save', { path: '/lab.toml' });
  await soon();
  bridge.answer('settings.write', {});
  expect(await saving).toBe(true);
  expect(app.document.saved).toBe(true);
});

it('a refused save leaves the changes unsaved and says why', async () => {
  const { bridge, app } = opened();
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

it.each([
  ['a new fleet', null, 'lab.kanilink.toml'],
  ['one that has a file', '/lab.toml', '/lab.toml'],
])('suggests for %s what its file is to be called', (_, path, suggested) => {
  const { bridge, app } = opened();
  app.document.take(path, text, null);
  void saveAs(app);
  expect(bridge.last('ask').question).toEqual({ suggested });
});

it('choosing no file is no save', async () => {
  const { bridge, app } = opened();
  const saving = saveAs(app);
  bridge.answer('dialog.save-fleet', { path: null });
  expect(await saving).toBe(false);
});

describe('an answer that comes when another document is open', () => {
  const other = 'version = 1\nname = "Other"\n';

  it('renames nothing, and lets nobody go on as if that one were saved', async () => {
    const { bridge, app } = opened();
    app.edit('Add', add);
    const saving = save(app);
    app.document.take(null, other, null);
    bridge.answer('fleet.save', { path: '/lab.toml' });
    await soon();
    bridge.answer('settings.write', {});
    expect(await saving).toBe(false);
    expect(app.document).toMatchObject({ path: null, savedText: null, saved: false, saving: null });
    expect(app.notices.shown.at(-1)?.title).toBe('Saved lab.toml.');
  });

  it('ends no save of that one', async () => {
    const { bridge, app } = opened();
    app.edit('Add', add);
    const first = save(app);
    const asked = bridge.last('ask').id;
    app.document.take('/other.toml', other, other);
    app.edit('Add', add);
    const second = save(app);
    bridge.say({ kind: 'answer', id: asked, answer: { ok: true, value: { path: '/lab.toml' } } });
    await soon();
    bridge.answer('settings.write', {});
    expect(await first).toBe(false);
    expect(app.document.saving).toBe(app.document.text);
    bridge.answer('fleet.save', { path: '/other.toml' });
    await soon();
    bridge.answer('settings.write', {});
    expect(await second).toBe(true);
    expect(app.document).toMatchObject({ path: '/other.toml', saved: true, saving: null });
  });

  it('shows nothing of a save that was refused', async () => {
    const { bridge, app } = opened();
    app.edit('Add', add);
    const saving = save(app);
    const asked = bridge.last('ask').id;
    app.document.take('/other.toml', other, other);
    app.onDisk.follow('/other.toml');
    const error = { code: 'fleet-changed', message: 'It is another.', fix: 'Open it again.', where: {} };
    bridge.say({ kind: 'answer', id: asked, answer: { ok: false, error } });
    expect(await saving).toBe(false);
    expect(app.dialog).toBeNull();
    expect(app.notices.shown).toEqual([]);
  });
});

describe('another document is opened while the system asks where to save', () => {
  const other = 'version = 1\nname = "Other"\n';

  it('nothing is written, which is said', async () => {
    const { bridge, app } = opened();
    const saving = saveAs(app);
    app.document.take('/other.toml', other, other);
    bridge.answer('dialog.save-fleet', { path: '/copy.toml' });
    await soon();
    expect(bridge.last('ask').name).toBe('dialog.save-fleet');
    expect(await saving).toBe(false);
    expect(app.document).toMatchObject({ path: '/other.toml', saving: null });
    expect(app.notices.shown.at(-1)?.title).toBe('Nothing was saved.');
  });

  it('or while it is looked at what is there', async () => {
    const { bridge, app } = opened();
    const saving = saveAs(app);
    bridge.answer('dialog.save-fleet', { path: '/copy.toml' });
    await soon();
    app.document.take('/other.toml', other, other);
    bridge.answer('fleet.load', { ...nowhere, trusted: false });
    await soon();
    expect(bridge.last('ask').name).toBe('fleet.load');
    expect(await saving).toBe(false);
  });

  it('“Save” of a fleet in no file writes no other one either', async () => {
    const { bridge, app } = opened();
    app.document.take(null, text, null);
    const saving = save(app);
    app.document.take('/copy.toml', other, other);
    bridge.answer('dialog.save-fleet', { path: '/copy.toml' });
    await soon();
    expect(bridge.last('ask').name).toBe('dialog.save-fleet');
    expect(await saving).toBe(false);
  });
});

it('“Save as” saves what was open when it was asked for', async () => {
  const { bridge, app } = opened();
  const saving = saveAs(app);
  app.edit('Add', add);
  bridge.answer('dialog.save-fleet', { path: '/copy.toml' });
  await soon();
  bridge.answer('fleet.load', { ...nowhere, trusted: true });
  await soon();
  expect(bridge.last('ask').question).toEqual({
    path: '/copy.toml',
    text,
    expect: nowhere.text,
    from: '/lab.toml',
  });
  bridge.answer('fleet.save', { path: '/copy.toml' });
  await soon();
  bridge.answer('settings.write', {});
  expect(await saving).toBe(true);
  expect(app.document).toMatchObject({ path: '/copy.toml', savedText: text, saved: false });
});
