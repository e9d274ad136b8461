import { describe, expect, it, vi } from 'vitest';
import { addServer, removeServer } from '../../shared/fleet/edit/edit-fleet';
import { FLEET_UNTRUSTED } from '../../shared/fleet/model/trust-codes';
import type { DraftHead } from '../../shared/ipc';
import { createClient } from '../bridge/ipc-client';
import { RecordedBridge } from '../bridge/recorded-bridge';
import { App } from './app.svelte';
import { afterSaving, goOnUnsaved, mayClose, openPath, saveAndGoOn, takeDraftBack } from './files';
import { NOT_READ, reviewTrust } from './trust';
import '../dev/all-loaded';

const text = 'version = 1\nname = "Lab"\n';
const add = (from: string) => addServer(from, { id: 'idm-a', connect: 'ssh', endpoint: 'ssh://a' });
const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

async function opened() {
  const bridge = new RecordedBridge();
  const app = new App(createClient(bridge));
  const opening = openPath(app, '/lab.toml');
  bridge.answer('fleet.load', { path: '/lab.toml', text, trusted: true });
  await soon();
  bridge.answer('settings.write', {});
  await opening;
  return { bridge, app };
}

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

const fault = {
  code: 'file-not-found',
  message: 'There is no such file.',
  fix: 'Choose another.',
  where: {},
};

/** The question that is open over unsaved changes, for opening another file. */
async function askedToOpen() {
  const { bridge, app } = await opened();
  app.edit('Add', add);
  afterSaving(app, (leave) => void openPath(app, '/other.toml', leave));
  if (app.dialog?.kind !== 'unsaved') throw new Error('it does not ask');
  return { bridge, app, question: app.dialog };
}

it('“Don’t save” leaves the changes unsaved until another file is in their place', async () => {
  const { bridge, app, question } = await askedToOpen();
  goOnUnsaved(app, question);
  expect(app.dialog).toBeNull();
  bridge.say({ kind: 'answer', id: bridge.last('ask').id, answer: { ok: false, error: fault } });
  await soon();
  expect(app.document.path).toBe('/lab.toml');
  expect(app.document.saved).toBe(false);
  afterSaving(app, vi.fn());
  expect(app.dialog).toMatchObject({ kind: 'unsaved' });
});

it('what is edited after “Don’t save” is asked about before it would be lost', async () => {
  const { bridge, app, question } = await askedToOpen();
  goOnUnsaved(app, question);
  app.undo();
  app.edit('Add another', (from) => addServer(from, { id: 'idm-b', connect: 'ssh', endpoint: 'ssh://b' }));
  bridge.answer('fleet.load', { path: '/other.toml', text, trusted: true });
  await soon();
  expect(app.document.path).toBe('/lab.toml');
  expect(app.dialog).toMatchObject({ kind: 'unsaved' });
});

it('“Save”, then Cancel while it saves, goes nowhere', async () => {
  const { bridge, app, question } = await askedToOpen();
  const then = vi.fn();
  const saving = saveAndGoOn(app, { ...question, then });
  app.closeDialog();
  bridge.answer('fleet.save', { path: '/lab.toml' });
  await soon();
  bridge.answer('settings.write', {});
  await saving;
  expect(app.document.saved).toBe(true);
  expect(then).not.toHaveBeenCalled();
});

it('the window may close over unsaved changes once, and only over those that were agreed to', async () => {
  const { app } = await opened();
  expect(mayClose(app)).toBe(true);
  app.edit('Add', add);
  expect(mayClose(app)).toBe(false);
  app.leaving = app.document.text;
  expect(mayClose(app)).toBe(true);
  expect(mayClose(app)).toBe(false);
  app.leaving = text;
  expect(mayClose(app)).toBe(false);
});

describe('a fleet file that is not trusted', () => {
  async function openedUntrusted() {
    const bridge = new RecordedBridge();
    const app = new App(createClient(bridge));
    const opening = openPath(app, '/theirs.toml');
    const server = '\n[[server]]\nid = "idm-a"\nconnect = "ssh"\nendpoint = "ssh://ada@idm-a"\n';
    bridge.answer('fleet.load', { path: '/theirs.toml', text: text + server, trusted: false });
    await opening;
    return { bridge, app };
  }
  const asked = (bridge: RecordedBridge): readonly string[] =>
    bridge.sent.flatMap((message) => ('name' in message ? [message.name] : []));

  it('is drawn, and nothing is asked but whether to trust it', async () => {
    const { bridge, app } = await openedUntrusted();
    app.lookAgain(false);
    expect(app.document.fleet?.servers).toHaveLength(1);
    expect(new Set(asked(bridge))).toEqual(new Set(['fleet.load', 'settings.write', 'fleet.trust']));
    expect(app.live.sight).toMatchObject({ live: false, report: null, lostBecause: NOT_READ });
  });

  it('is watched once it is trusted; a declined question changes nothing', async () => {
    const { bridge, app } = await openedUntrusted();
    bridge.answer('fleet.trust', { trusted: false, notKept: null });
    await soon();
    expect(app.document.trusted).toBe(false);
    void reviewTrust(app);
    bridge.answer('fleet.trust', { trusted: true, notKept: null });
    await soon();
    expect(app.document.trusted).toBe(true);
    app.lookAgain(false);
    expect(asked(bridge)).toContain('watch');
  });

  it('is read, and a person told, where that it is trusted is not remembered', async () => {
    const { bridge, app } = await openedUntrusted();
    bridge.answer('fleet.trust', { trusted: true, notKept: { ...fault, code: 'trust-not-kept' } });
    await soon();
    expect(app.document.trusted).toBe(true);
    expect(app.notices.shown.at(-1)).toMatchObject({ title: fault.message, text: fault.fix });
  });

  it('what was taken out of it stays unwatched when the rest is trusted, and the way back is judged again', async () => {
    const { bridge, app } = await openedUntrusted();
    app.edit('Remove', (from) => removeServer(from, 'idm-a', { listRemoved: true }));
    bridge.answer('fleet.trust', { trusted: true, notKept: null });
    await soon();
    expect(app.document.trusted).toBe(true);
    expect(app.document.left).toEqual([]);
    app.undo();
    expect(app.document.trusted).toBe(false);
    expect(bridge.last('ask')).toMatchObject({
      name: 'fleet.judge',
      question: { fleet: { path: '/theirs.toml', text: app.document.text }, mine: null },
    });
    bridge.answer('fleet.judge', { trusted: false });
    await soon();
    expect(app.document.trusted).toBe(false);
    app.redo();
    bridge.answer('fleet.judge', { trusted: true });
    await soon();
    expect(app.document.trusted).toBe(true);
  });

  it('a draft made of it knows no server as taken out, though the draft itself is trusted', async () => {
    const { bridge, app } = await opened();
    const base = addServer(text, { id: 'idm-a', connect: 'ssh', endpoint: 'ssh://a' });
    const head = { id: 'd1', path: '/lab.toml', at: 0 } as unknown as DraftHead;
    takeDraftBack(app, head);
    bridge.answer('draft.read', {
      draft: { path: '/lab.toml', base: base.ok ? base.value : '', text, form: null },
    });
    await soon();
    bridge.answer('fleet.judge', { trusted: false });
    await soon();
    bridge.answer('fleet.judge', { trusted: true });
    await soon();
    expect(app.document).toMatchObject({ text, trusted: true, left: [] });
  });

  it('is asked about again when the engine refuses it later, with all that was drawn, and an older refusal takes nothing back', async () => {
    const { bridge, app } = await openedUntrusted();
    bridge.answer('fleet.trust', { trusted: true, notKept: null });
    await soon();
    const refusal = {
      code: FLEET_UNTRUSTED,
      message: 'Not trusted.',
      fix: 'Ask.',
      where: { file: '/theirs.toml' },
    };
    const refuse = (name: 'fleet.plan' | 'fleet.compare') => {
      const asking = app.client.ask(name, { fleet: app.document.question() });
      const { id } = bridge.last('ask');
      const answer = { ok: false as const, error: refusal };
      return { asking, say: () => bridge.say({ kind: 'answer', id, answer }) };
    };
    const other = app.client.ask('fleet.plan', { fleet: { path: '/other.toml', text } });
    const error = { ...refusal, where: { file: '/other.toml' } };
    bridge.say({ kind: 'answer', id: bridge.last('ask').id, answer: { ok: false, error } });
    await other;
    expect(app.document.trusted).toBe(true);

    app.edit('Name', (from) => ({ ok: true, value: from.replace('Lab', 'Home') }));
    const late = refuse('fleet.compare');
    const first = refuse('fleet.plan');
    first.say();
    await first.asking;
    expect(app.document).toMatchObject({ trusted: false, canUndo: true, saved: false });
    expect(app.document.fleet?.name).toBe('Home');
    // It was agreed to as text: what is taken out of it now runs on as before, and stays shown.
    app.edit('Remove', (from) => removeServer(from, 'idm-a', { listRemoved: true }));
    expect(app.document.left.map(({ id }) => id)).toEqual(['idm-a']);

    void reviewTrust(app);
    bridge.answer('fleet.trust', { trusted: true, notKept: null });
    await soon();
    expect(app.document.trusted).toBe(true);
    late.say();
    await late.asking;
    expect(app.document.trusted).toBe(true);
  });

  it('is not trusted by an answer that comes when another file is open', async () => {
    const { bridge, app } = await openedUntrusted();
    app.document.take('/other.toml', text, text, false);
    bridge.answer('fleet.trust', { trusted: true, notKept: null });
    await soon();
    expect(app.document.trusted).toBe(false);
  });
});
