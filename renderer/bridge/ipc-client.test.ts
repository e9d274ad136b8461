import { afterEach, describe, expect, it, vi } from 'vitest';
import { createClient } from './ipc-client';
import '../dev/all-loaded';
import { RecordedBridge } from './recorded-bridge';

const fleet = { path: '/f.toml', text: 'version = 1', trusted: true };
const report = { servers: [], pulls: [], undrawn: [], problems: [] };

function start() {
  const bridge = new RecordedBridge();
  return { bridge, client: createClient(bridge) };
}

describe('asking', () => {
  afterEach(() => vi.useRealTimers());

  it('gives the answer to the question with its id', async () => {
    const { bridge, client } = start();
    const first = client.ask('ssh.aliases', {});
    const second = client.ask('fleet.load', { path: '/f.toml' });
    bridge.answer('fleet.load', fleet);
    bridge.answer('ssh.aliases', ['rack2']);
    expect(await first).toEqual({ ok: true, value: ['rack2'] });
    expect(await second).toEqual({ ok: true, value: fleet });
  });

  it('makes a fault of an answer that is not in the contract', async () => {
    const { bridge, client } = start();
    const answer = client.ask('ssh.aliases', {});
    bridge.answer('ssh.aliases', [7]);
    expect(await answer).toMatchObject({ ok: false, error: { code: 'not-in-contract' } });
  });

  it('cancels at the other end when the caller gives up', async () => {
    const { bridge, client } = start();
    const abort = new AbortController();
    const answer = client.ask('fleet.plan', { fleet }, { signal: abort.signal });
    abort.abort();
    expect(await answer).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    expect(bridge.last('cancel').id).toBe(bridge.last('ask').id);
  });

  it('ends by itself when nobody ever answers, except where a person is asked', async () => {
    vi.useFakeTimers();
    const { bridge, client } = start();
    const settings = client.ask('settings.read', {});
    let chosen = false;
    void client.ask('dialog.open-fleet', {}).then(() => (chosen = true));
    await vi.advanceTimersByTimeAsync(24 * 3_600_000);
    expect(await settings).toMatchObject({ ok: false, error: { code: 'no-answer' } });
    expect(chosen).toBe(false);
    expect(bridge.sent.filter((message) => message.kind === 'cancel')).toHaveLength(1);
  });

  it('waits longer for the engine, which keeps shorter limits itself', async () => {
    vi.useFakeTimers();
    const { bridge, client } = start();
    let ended = false;
    const planned = client.ask('fleet.plan', { fleet });
    void planned.then(() => (ended = true));
    await vi.advanceTimersByTimeAsync(899_000);
    expect(ended).toBe(false);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await planned).toMatchObject({ ok: false, error: { code: 'no-answer' } });
    expect(bridge.last('cancel').id).toBe(bridge.last('ask').id);
  });
});

describe('streams', () => {
  it('passes items on and gives credit for each batch taken', () => {
    const { bridge, client } = start();
    const seen: unknown[] = [];
    client.open('watch', { fleet }, { onItems: (items) => seen.push(...items), onEnd: () => undefined });
    const { id } = bridge.last('open');
    const before = bridge.sent.length;
    bridge.say({ kind: 'items', id, items: [report] });
    expect(seen).toEqual([report]);
    expect(bridge.sent.slice(before)).toEqual([{ kind: 'credit', id, batches: 1 }]);
  });

  it('hears how a cancelled stream ended, and nothing of a closed one', () => {
    const { bridge, client } = start();
    const ends: unknown[] = [];
    const handlers = { onItems: () => undefined, onEnd: (fault: unknown) => ends.push(fault) };
    const cancelled = client.open('watch', { fleet }, handlers);
    const first = bridge.last('open').id;
    cancelled.cancel();
    bridge.say({ kind: 'end', id: first, fault: null });
    const closed = client.open('watch', { fleet }, handlers);
    const second = bridge.last('open').id;
    closed.close();
    bridge.say({ kind: 'end', id: second, fault: null });
    expect(ends).toEqual([null]);
    expect(bridge.last('cancel').id).toBe(second);
  });

  it('ends a stream whose items are not in the contract', () => {
    const { bridge, client } = start();
    const ends: unknown[] = [];
    client.open('watch', { fleet }, { onItems: () => undefined, onEnd: (fault) => ends.push(fault) });
    bridge.say({ kind: 'items', id: bridge.last('open').id, items: [{ servers: 'all' }] });
    expect(ends).toMatchObject([{ code: 'not-in-contract' }]);
    expect(bridge.last('cancel').id).toBe(bridge.last('open').id);
  });
});

it('brings the engine’s questions and sends the reply under their id', () => {
  const { bridge, client } = start();
  const names: string[] = [];
  client.onQuestion(
    (asked) => {
      names.push(asked.name);
      if (asked.name === 'secret') asked.answer({ secret: null });
    },
    (id) => names.push(`withdrawn ${id}`),
  );
  const question = { server: 'idm-a', kind: 'password', subject: 'admin@192.0.2.7', attempt: 1 };
  bridge.say({ kind: 'question', id: 'q1', name: 'secret', question });
  bridge.say({ kind: 'withdrawn', id: 'q1' });
  expect(names).toEqual(['secret', 'withdrawn q1', 'withdrawn q1']);
  expect(bridge.last('reply')).toEqual({ kind: 'reply', id: 'q1', answer: { secret: null } });
});

it('drops messages that are not in the contract', () => {
  const { bridge, client } = start();
  const complaint = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const commands: string[] = [];
  client.onCommand((command) => commands.push(command));
  bridge.say({ kind: 'command' });
  bridge.say('save');
  bridge.say({ kind: 'command', command: 'open-path:/etc/passwd' });
  bridge.say({ kind: 'command', command: 'toString' });
  bridge.say({ kind: 'command', command: 'save' });
  expect(commands).toEqual(['save']);
  expect(complaint).toHaveBeenCalledTimes(4);
  complaint.mockRestore();
});
