import { describe, expect, it, vi } from 'vitest';
import { addServer, type ServerFields } from '../../shared/fleet/edit/edit-fleet';
import type { DraftHead, FleetText } from '../../shared/ipc';
import { createClient } from '../bridge/ipc-client';
import { RecordedBridge } from '../bridge/recorded-bridge';
import { App } from './app.svelte';
import { takeFromDisk } from './disk';
import { goOnUnsaved, takeDraftBack } from './files';
import { save } from './saving';
import { mayDial, mayUse, reviewTrust } from './trust';
import '../dev/all-loaded';

const eve: ServerFields = { id: 'idm-x', connect: 'ssh', endpoint: 'ssh://eve@idm-x.example.com' };
const TEXT = 'version = 1\nname = "Lab"\n';
const added = addServer(TEXT, eve);
const EVIL = added.ok ? added.value : expect.unreachable();
const STOPPED = { code: 'engine-stopped', message: 'It stopped.', fix: 'Wait.', where: {} };

/** A window, what it asked, and answers to the newest question, once that is of this name. */
function opened(path: string | null = '/lab.toml', trusted = true, text = TEXT) {
  const bridge = new RecordedBridge();
  const app = new App(createClient(bridge));
  app.document.take(path, text, path === null ? null : text, trusted);
  const names = () => bridge.sent.flatMap((message) => ('name' in message ? [message.name] : []));
  const says = async (name: string, answer: object): Promise<void> => {
    await vi.waitFor(() => expect(bridge.last('ask').name).toBe(name));
    bridge.say({ kind: 'answer', id: bridge.last('ask').id, answer });
  };
  const value = (name: string, of: object): Promise<void> => says(name, { ok: true, value: of });
  const refuses = (name: string): Promise<void> => says(name, { ok: false, error: STOPPED });
  const asked = (): FleetText => (bridge.last('ask').question as { fleet: FleetText }).fleet;
  return { bridge, app, names, value, refuses, asked };
}

describe('servers that came back', () => {
  it('are dialled once the person agreed, and said to be nobody’s', async () => {
    const { app, value, asked } = opened();
    const may = mayDial(app, [eve]);
    await value('fleet.trust', { trusted: true, notKept: null });
    expect(asked()).toMatchObject({ path: null, foreign: true });
    expect(await may).toBe(true);
  });

  it('are not where the engine could not ask', async () => {
    const { app, refuses } = opened();
    const may = mayDial(app, [eve]);
    await refuses('fleet.trust');
    expect(await may).toBe(false);
    expect(app.notices.shown.at(-1)?.title).toBe(STOPPED.message);
  });
});

describe('a text that the engine could not judge', () => {
  it.each([null, '/lab.toml'])('is foreign in every question once it opens: a draft of %s', async (path) => {
    const { app, bridge, value, refuses, asked } = opened();
    app.edit('Name', () => ({ ok: true, value: TEXT.replace('Lab', 'Home') }));
    takeDraftBack(app, { id: 'd1', path, at: '' } as DraftHead);
    if (app.dialog?.kind !== 'unsaved') return expect.unreachable();
    goOnUnsaved(app, app.dialog);
    await value('draft.read', { draft: { path, base: null, text: EVIL, form: null } });
    await refuses('fleet.judge');
    await vi.waitFor(() => expect(app.document.text).toBe(EVIL));
    await vi.waitFor(() =>
      expect(bridge.sent.some((it) => 'name' in it && it.name === 'fleet.trust')).toBe(true),
    );
    const trusting = bridge.sent.flatMap((it) =>
      it.kind === 'ask' && it.name === 'fleet.trust' ? [it] : [],
    );
    expect(trusting.map(({ question }) => question)).toEqual([
      { fleet: { path, text: EVIL, foreign: true } },
    ]);
    void reviewTrust(app);
    await value('fleet.trust', { trusted: false, notKept: null });
    expect(asked()).toEqual({ path, text: EVIL, foreign: true });
    expect(app.document.question()).toEqual({ path, text: EVIL, foreign: true });
  });

  it('is not taken from the disk: what the window holds stays, and is the person’s own', async () => {
    const { app, bridge, refuses, names } = opened();
    app.onDisk.follow('/lab.toml');
    bridge.say({ kind: 'items', id: bridge.last('open').id, items: [{ kind: 'text', text: EVIL }] });
    const taking = takeFromDisk(app, EVIL, EVIL);
    await refuses('fleet.judge');
    expect(await taking).toBe('fault');
    expect(app.document).toMatchObject({ text: TEXT, trusted: true, canUndo: false });
    expect(app.notices.shown.at(-1)?.title).toBe(STOPPED.message);
    expect(names()).not.toContain('fleet.trust');
  });

  it('is not used as a form, and takes nothing from what the window holds', async () => {
    const { app, refuses, names } = opened();
    const may = mayUse(app, EVIL);
    await refuses('fleet.judge');
    expect(await may).toBe(false);
    expect(app.document.trusted).toBe(true);
    expect(app.notices.shown.at(-1)?.title).toBe(STOPPED.message);
    expect(names()).not.toContain('fleet.trust');
  });
});

it('a form that is filled in above a text that nobody trusts makes that text no better', async () => {
  const { app, value } = opened('/lab.toml', false, EVIL);
  const harmless = mayUse(app, TEXT);
  await value('fleet.judge', { trusted: true });
  expect(await harmless).toBe(true);
  expect(app.document.trusted).toBe(false);
  const asked = mayUse(app, TEXT);
  await value('fleet.judge', { trusted: false });
  await value('fleet.trust', { trusted: true, notKept: null });
  expect(await asked).toBe(true);
  expect(app.document.trusted).toBe(false);
});

it('a text that nobody trusts is saved as such, the person’s own is not', () => {
  const { app, bridge } = opened('/lab.toml', false, EVIL);
  void save(app);
  expect(bridge.last('ask')).toMatchObject({ name: 'fleet.save', question: { text: EVIL, foreign: true } });
  app.document.trusted = true;
  void save(app);
  expect(bridge.last('ask').question).not.toHaveProperty('foreign');
});

it('a draft with faults is not asked about before they are fixed', async () => {
  const { app, value, names } = opened('/lab.toml');
  takeDraftBack(app, { id: 'd1', path: null, at: '' } as DraftHead);
  await value('draft.read', { draft: { path: null, base: null, text: `${EVIL}broken =\n`, form: null } });
  await value('fleet.judge', { trusted: false });
  await vi.waitFor(() => expect(app.document.path).toBeNull());
  expect(app.document.trusted).toBe(false);
  expect(names()).not.toContain('fleet.trust');
});
