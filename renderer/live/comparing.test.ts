import { expect, it } from 'vitest';
import { createClient } from '../bridge/ipc-client';
import { RecordedBridge } from '../bridge/recorded-bridge';
import { Comparing } from './comparing.svelte';

const fleet = { path: '/f.toml', text: '' };
const same = {
  servers: ['idm-a', 'idm-b'],
  at: '2026-11-25T08:00:00Z',
  domain: '0f5b3c1e-2222-4a4a-8b8b-0123456789ab',
  result: 'same',
  entries: 315,
  differing: [],
  differences: 0,
  travelling: 0,
  own: [],
  cause: '',
  fix: '',
  fault: null,
};

function start() {
  const bridge = new RecordedBridge();
  const comparing = new Comparing(createClient(bridge));
  const answer = (value: unknown): void =>
    bridge.say({ kind: 'answer', id: bridge.last('ask').id, answer: value });
  return { bridge, comparing, answer };
}

it('finds a pair whichever way round it is asked for', async () => {
  const { comparing, answer } = start();
  const looked = comparing.look(fleet);
  answer({ ok: true, value: [same] });
  await looked;
  expect(comparing.of('idm-b', 'idm-a')?.result).toBe('same');
  expect(comparing.of('idm-b', 'idm-c')).toBeNull();
});

it('keeps the last results when a new comparison cannot be made, and says why', async () => {
  const { comparing, answer } = start();
  const looked = comparing.look(fleet);
  answer({ ok: true, value: [same] });
  await looked;
  const ran = comparing.run(fleet);
  expect(comparing.running).toBe(true);
  answer({ ok: false, error: { code: 'x', message: 'No.', fix: '', where: {} } });
  expect(await ran).toBe(false);
  expect(comparing.running).toBe(false);
  expect(comparing.fault?.message).toBe('No.');
  expect(comparing.of('idm-a', 'idm-b')?.result).toBe('same');
});

it('another fleet was never compared, whatever answer still comes', async () => {
  const { comparing, answer } = start();
  const ran = comparing.run(fleet);
  comparing.forget();
  answer({ ok: true, value: [same] });
  expect(await ran).toBe(false);
  expect(comparing.results).toEqual([]);
});

it('what was kept of another fleet is not this one’s, and until it is read nothing is claimed', async () => {
  const { comparing, answer } = start();
  const looked = comparing.look(fleet);
  comparing.forget();
  answer({ ok: true, value: [same] });
  await looked;
  expect(comparing).toMatchObject({ results: [], read: false });
  const again = comparing.look(fleet);
  answer({ ok: true, value: [] });
  await again;
  expect(comparing.read).toBe(true);
});
