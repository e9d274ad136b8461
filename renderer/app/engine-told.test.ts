import { expect, it, vi } from 'vitest';
import type { HistoryDeploy } from '../../shared/plan/model/history';
import { createClient } from '../bridge/ipc-client';
import { RecordedBridge } from '../bridge/recorded-bridge';
import { startRun } from '../deploys/deploy-run.svelte';
import { App } from './app.svelte';
import { engineTold } from './engine-told';
import '../dev/all-loaded';

/** A window whose deploy was lost with the engine, which runs again. */
function restarted() {
  const app = new App(createClient(new RecordedBridge()));
  const lost = { ...startRun([], 0), journal: '/journals/d1', outcome: 'lost' } as const;
  app.deploy.run = lost;
  engineTold(app, { kind: 'engine', state: 'restarting', inMs: 1000 });
  engineTold(app, { kind: 'engine', state: 'running', inMs: null });
  const says = (): boolean => {
    app.notices.prune();
    return app.notices.shown.some(({ text }) => /Resume it or roll it back/.test(text));
  };
  const journals = (one: Partial<HistoryDeploy>): void => {
    const deploy = { deploy: 'd1', folder: '/journals/d1', settledBy: null, possible: [], ...one };
    app.past.known = { deploys: [deploy as unknown as HistoryDeploy], interrupted: null, unreadable: [] };
  };
  return { app, says, journals };
}

it('says that a deploy was interrupted for as long as it is to be resumed or rolled back', () => {
  const { says, journals } = restarted();
  expect(says()).toBe(true);
  journals({ state: 'running' });
  expect(says()).toBe(true);
  journals({ state: 'interrupted' });
  expect(says()).toBe(true);
  // By another program, too.
  journals({ state: 'interrupted', settledBy: 'd2' });
  expect(says()).toBe(false);
});

it('says it no more once it had come to its end, or another deploy of this window runs', () => {
  const ended = restarted();
  ended.journals({ state: 'finished' });
  expect(ended.says()).toBe(false);
  const resumed = restarted();
  resumed.app.deploy.run = startRun([], 1, { kind: 'resume' });
  expect(resumed.says()).toBe(false);
});

const TEXT =
  'version = 1\nname = "Lab"\n\n[[server]]\nid = "idm-a"\nconnect = "ssh"\nendpoint = "ssh://ada@idm-a"\n';

/** A window whose engine was started anew while it held this text. */
function holding(path: string | null, trusted: boolean) {
  const bridge = new RecordedBridge();
  const app = new App(createClient(bridge));
  app.document.take(path, TEXT, null, trusted);
  engineTold(app, { kind: 'engine', state: 'restarting', inMs: 1000 });
  bridge.sent.length = 0;
  engineTold(app, { kind: 'engine', state: 'running', inMs: null });
  const asked = () => bridge.sent.map((message) => ('name' in message ? message.name : message.kind));
  return { app, bridge, asked };
}

it.each([
  ['drawn in a file', '/lab.toml', true, TEXT],
  ['not trusted, in a file', '/lab.toml', false, null],
  ['not trusted, in no file', null, false, null],
])('tells the new engine whose the text is before anything else is asked: %s', async (_, path, own, mine) => {
  const { app, bridge, asked } = holding(path, own);
  expect(bridge.last('ask')).toMatchObject({
    name: 'fleet.judge',
    question: { fleet: { path, text: TEXT }, mine },
  });
  expect(asked()).toEqual(['engine.heard', 'fleet.judge']);
  bridge.answer('fleet.judge', { trusted: own });
  await vi.waitFor(() => expect(asked().includes('watch')).toBe(own));
  expect(app.document.trusted).toBe(own);
});

it.each([
  ['/lab.toml', true],
  [null, false],
])(
  'does so in a page that was loaded while the engine was away, without news of it: %s',
  async (path, trusted) => {
    const bridge = new RecordedBridge();
    const app = new App(createClient(bridge));
    app.document.take(path, TEXT, null, trusted);
    app.onDisk.follow('/lab.toml');
    bridge.say({ kind: 'end', id: bridge.last('open').id, fault: null });
    bridge.sent.length = 0;
    engineTold(app, { kind: 'engine', state: 'running', inMs: null });
    bridge.answer('fleet.judge', { trusted });
    const asked = () => bridge.sent.flatMap((message) => ('name' in message ? [message.name] : []));
    await vi.waitFor(() => expect(asked()).toContain('file'));
    expect(asked().includes('watch')).toBe(trusted);
    expect(app.notices.shown).toEqual([]);
  },
);

it('has nothing to tell of a new fleet that was made in the window', async () => {
  const { asked } = holding(null, true);
  expect(asked()).not.toContain('fleet.judge');
  await vi.waitFor(() => expect(asked()).toContain('watch'));
});

it('a refusal from before the engine knew is past once it knows', async () => {
  const { app, bridge } = holding('/lab.toml', true);
  app.document.refuse();
  bridge.answer('fleet.judge', { trusted: true });
  await vi.waitFor(() => expect(app.document.trusted).toBe(true));
});
