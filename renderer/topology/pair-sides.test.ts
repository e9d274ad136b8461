import { expect, it } from 'vitest';
import type { ServerState, StatusServer } from '../../shared/observed/status';
import { App } from '../app/app.svelte';
import { createClient } from '../bridge/ipc-client';
import { RecordedBridge } from '../bridge/recorded-bridge';
import { PairSides } from './pair-sides.svelte';
import '../dev/all-loaded';

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const FAULT = { code: 'unreachable', message: 'No answer.', fix: 'Wait.', where: {} };

function dialog() {
  const bridge = new RecordedBridge();
  const app = new App(createClient(bridge));
  const sides = new PairSides(app);
  const asked = (name: string) =>
    bridge.sent.flatMap((one) => (one.kind === 'ask' && one.name === name ? [one.id] : []));
  return {
    sides,
    tests: () => asked('server.test').length,
    /** A watch sees the server so; the dialog looks again. */
    seen: (state: ServerState): void => {
      const server = { id: 'idm-a', state } as StatusServer;
      const report = { servers: [server], pulls: [], undrawn: [], problems: [] };
      app.live.sight = { report, at: null, live: true, lostBecause: '' };
      sides.look('idm-a');
    },
    refuse: async (): Promise<void> => {
      for (const name of ['server.test', 'database.size'])
        bridge.say({ kind: 'answer', id: asked(name).at(-1), answer: { ok: false, error: FAULT } });
      await soon();
    },
  };
}

it('asks a server once, and again when one that did not answer is seen to run', async () => {
  const { sides, tests, seen, refuse } = dialog();
  sides.look('idm-a');
  seen('unreachable');
  await refuse();
  expect([tests(), sides.of('idm-a').fault?.message, sides.of('idm-a').unable?.message]).toEqual([
    1,
    'No answer.',
    'No answer.',
  ]);
  seen('unreachable');
  expect(tests()).toBe(1);
  seen('running');
  expect([tests(), sides.of('idm-a').fault, sides.of('idm-a').unable]).toEqual([2, null, null]);
  // An answer that comes late is about the server as it was when it was asked.
  seen('stopped');
  seen('running');
  await refuse();
  seen('running');
  expect(tests()).toBe(3);
  // A refusal of one that runs is not asked about over and over.
  await refuse();
  seen('running');
  expect(tests()).toBe(3);
});
