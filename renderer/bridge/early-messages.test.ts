import { expect, it } from 'vitest';
import { contractReader } from './contract-reader';
import { createClient } from './ipc-client';
import { RecordedBridge } from './recorded-bridge';

it('what arrives before what reads it is loaded is held, checked as ever, and told in its order', async () => {
  const bridge = new RecordedBridge();
  const client = createClient(bridge);
  const told: string[] = [];
  client.onCommand((command) => told.push(command));
  client.onOpenPath((path) => told.push(path));
  const aliases = client.ask('ssh.aliases', {});
  const fleet = client.ask('fleet.load', { path: '/f.toml' });
  bridge.say({ kind: 'command', command: 'keys' });
  bridge.say({ kind: 'command', command: 'no such command' });
  bridge.answer('ssh.aliases', [7]);
  bridge.answer('fleet.load', { path: '/f.toml', text: '', trusted: true });
  bridge.say({ kind: 'open-path', path: '/g.toml' });
  expect(contractReader.loaded).toBeNull();
  expect(told).toEqual([]);
  expect(await aliases).toMatchObject({ ok: false, error: { code: 'not-in-contract' } });
  expect(await fleet).toMatchObject({ ok: true, value: { path: '/f.toml' } });
  expect(told).toEqual(['keys', '/g.toml']);
  bridge.say({ kind: 'open-path', path: '/h.toml' });
  expect(told.at(-1)).toBe('/h.toml');
});
