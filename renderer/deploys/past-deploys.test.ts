import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createClient } from '../bridge/ipc-client';
import { RecordedBridge } from '../bridge/recorded-bridge';
import { PastDeploys } from './past-deploys.svelte';
import '../dev/all-loaded';

const fleet = { path: '/f.toml', text: '' };
beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const deploy = (state: string) => ({
  ...{ deploy: 'd1', folder: '/j/d1', at: '2026-11-29T01:00:00Z', purpose: 'apply', of: null, who: 'mia' },
  ...{ host: 'desk', state, outcome: null, settledBy: null, possible: ['resume'], steps: [], files: [] },
});

it('a deploy whose engine is still dying is seen to be interrupted once it is dead, without a click', async () => {
  const bridge = new RecordedBridge();
  const past = new PastDeploys(createClient(bridge));
  const asked = () => bridge.sent.filter((message) => message.kind === 'ask').length;
  const answer = async (state: string, interrupted: string | null): Promise<void> => {
    const value = { deploys: [deploy(state)], interrupted, unreadable: [] };
    bridge.say({ kind: 'answer', id: bridge.last('ask').id, answer: { ok: true, value } });
    await vi.advanceTimersByTimeAsync(0);
  };
  void past.look(fleet);
  await answer('running', null);
  expect(past.interrupted).toBeNull();
  await vi.advanceTimersByTimeAsync(500);
  expect(asked()).toBe(2);
  await answer('running', null);
  await vi.advanceTimersByTimeAsync(1000);
  await answer('interrupted', 'd1');
  expect(past.interrupted?.deploy).toBe('d1');
  await vi.advanceTimersByTimeAsync(600_000);
  expect(asked()).toBe(3);
});

it('a deploy of another desk, which may run for hours, is asked for less and less often, and not after another fleet', async () => {
  const bridge = new RecordedBridge();
  const past = new PastDeploys(createClient(bridge));
  const asked = () => bridge.sent.filter((message) => message.kind === 'ask').length;
  void past.look(fleet);
  for (let n = 0; n < 60; n += 1) {
    const value = { deploys: [deploy('running')], interrupted: null, unreadable: [] };
    bridge.say({ kind: 'answer', id: bridge.last('ask').id, answer: { ok: true, value } });
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(asked()).toBeLessThan(14);
  past.forget();
  const before = asked();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked()).toBe(before);
});
