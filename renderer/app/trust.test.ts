import { expect, it, vi } from 'vitest';
import type { ServerFields } from '../../shared/fleet/edit/edit-fleet';
import { createClient } from '../bridge/ipc-client';
import { RecordedBridge } from '../bridge/recorded-bridge';
import { App } from './app.svelte';
import { mayDial } from './trust';
import '../dev/all-loaded';

const eve: ServerFields = { id: 'idm-x', connect: 'ssh', endpoint: 'ssh://eve@idm-x.example.com' };

/** Servers that came back from a draft are to be dialled; the engine has judged them as `judged` says. */
async function dialling(judged: object) {
  const bridge = new RecordedBridge();
  const may = mayDial(new App(createClient(bridge)), [eve]);
  await vi.waitFor(() => expect(bridge.last('ask').name).toBe('fleet.judge'));
  bridge.say({ kind: 'answer', id: bridge.last('ask').id, answer: judged });
  return { bridge, may };
}

it('servers that came back are dialled once the engine has judged them and the person agreed', async () => {
  const { bridge, may } = await dialling({ ok: true, value: { trusted: false } });
  await vi.waitFor(() => expect(bridge.last('ask').name).toBe('fleet.trust'));
  bridge.answer('fleet.trust', { trusted: true, notKept: null });
  expect(await may).toBe(true);
});

it('nothing is dialled, and nobody asked, where the engine could not judge: it takes what it does not know for own', async () => {
  const error = { code: 'engine-stopped', message: 'It stopped.', fix: 'Wait.', where: {} };
  const { bridge, may } = await dialling({ ok: false, error });
  expect(await may).toBe(false);
  expect(bridge.sent.some((message) => message.kind === 'ask' && message.name === 'fleet.trust')).toBe(false);
});
