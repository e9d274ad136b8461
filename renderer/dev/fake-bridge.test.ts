import { expect, it } from 'vitest';
import { asks, type ToWindow } from '../../shared/ipc';
import { emptiest } from './emptiest';
import { createFakeBridge } from './fake-bridge';
import { fleets } from './fleets';

it('the simulated engine has an answer to every ask of the contract', () => {
  for (const [name, { answer }] of Object.entries(asks))
    expect(answer.safeParse(emptiest(answer)), name).toMatchObject({ success: true, data: { ok: true } });
});

it.each(['watch', 'logs', 'deploy'] as const)(
  'nothing of the stream %s comes before the call that opens it returns',
  async (name) => {
    const bridge = createFakeBridge({ openAtStart: null, theme: 'light', speed: 1000 });
    const path = '/home/ada/home-lab/fleet.toml';
    const came: ToWindow[] = [];
    bridge.listen((message) => came.push(message as ToWindow));
    const consent = name === 'deploy' ? { fingerprint: 'f', erase: [], job: { kind: 'apply' } } : {};
    bridge.send({
      kind: 'open',
      id: 'w1',
      name,
      question: { fleet: { path, text: fleets[path] }, ...consent },
    });
    expect(came).toEqual([]);
    await expect.poll(() => came.length).toBeGreaterThan(0);
    bridge.send({ kind: 'cancel', id: 'w1' });
  },
);
