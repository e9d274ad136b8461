import { expect, it } from 'vitest';
import { createClient } from '../bridge/ipc-client';
import { RecordedBridge } from '../bridge/recorded-bridge';
import { foundServers } from '../dev/found-servers';
import { Adopting } from './adopting.svelte';

function start() {
  const bridge = new RecordedBridge();
  const adopting = new Adopting(createClient(bridge));
  const type = (row: number, endpoint: string): void => {
    const at = adopting.rows[row];
    if (at) at.form.endpoint = endpoint;
  };
  return { bridge, adopting, type };
}

it('asks for the rows that are filled, and draws the fleet once it is said whose data wins', async () => {
  const { bridge, adopting, type } = start();
  type(0, 'admin@idm-a');
  adopting.add();
  type(2, 'idm-c:2222');
  const looking = adopting.look('/lab.toml');
  expect(adopting.asking).toBe(true);
  expect(bridge.last('ask').question).toMatchObject({
    servers: [{ endpoint: 'ssh://admin@idm-a' }, { endpoint: 'ssh://idm-c:2222' }],
    fleetPath: '/lab.toml',
  });
  bridge.answer('servers.adopt', foundServers);
  await looking;
  expect(adopting.drawn?.text).toBeNull();
  expect(adopting.asked?.questions).toMatchObject([{ candidates: ['idm-a', 'idm-b'] }]);
  adopting.answers['idm-a idm-b idm-c'] = 'idm-b';
  expect(adopting.drawn?.links.map(({ supplier, consumer }) => [supplier, consumer])).toEqual([
    ['idm-b', 'idm-a'],
    ['idm-a', 'idm-c'],
  ]);
  expect(adopting.drawn?.text).toContain('name = "idm.example.com"');
  // The question stays while it is answered.
  expect(adopting.asked?.questions).toHaveLength(1);
});

it('asks nobody while a row is wrong, and says which', async () => {
  const { bridge, adopting, type } = start();
  await adopting.look(null);
  expect(adopting.faults[0]?.endpoint).toContain('Say where it is reached');
  type(0, 'http://idm-a');
  // A row that was changed is not judged by what it was before, and an empty one stays.
  expect(adopting.faults[0]).toEqual({});
  expect(adopting.rows).toHaveLength(2);
  await adopting.look(null);
  expect(adopting.faults[0]?.endpoint).toContain('An SSH address');
  expect(bridge.sent).toEqual([]);
});

it('says why nothing was found, and forgets an answer that comes after it was stopped', async () => {
  const { bridge, adopting, type } = start();
  type(0, 'idm-a');
  const looking = adopting.look(null);
  const error = { code: 'fleet-duplicate-endpoint', message: 'Twice.', fix: 'Once.', where: {} };
  bridge.say({ kind: 'answer', id: bridge.last('ask').id, answer: { ok: false, error } });
  await looking;
  expect(adopting.fault?.message).toBe('Twice.');
  const again = adopting.look(null);
  adopting.stop();
  await again;
  expect(adopting).toMatchObject({ asking: false, adopted: null, fault: null });
});
