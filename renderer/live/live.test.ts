import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createClient } from '../bridge/ipc-client';
import { RecordedBridge } from '../bridge/recorded-bridge';
import type { StatusServer } from '../../shared/observed/status';
import { Live } from './live.svelte';
import '../dev/all-loaded';

const fleet = { path: null, text: '' };
const report = { servers: [], pulls: [], undrawn: [], problems: [] };

const server = (id: string): StatusServer => ({
  ...{ id, state: 'running', version: null, domain: null, domainUuid: null },
  ...{ fileRead: true, replication: false, runsWith: null, certificate: null },
});
const reach = new Map([['idm-a', 'ssh://a']]);
beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function start() {
  const bridge = new RecordedBridge();
  const live = new Live(createClient(bridge));
  live.follow(fleet, reach);
  return { bridge, live, opened: () => bridge.sent.filter((message) => message.kind === 'open').length };
}

it('is live from the first report until the stream ends, and says why it ended', () => {
  const { bridge, live } = start();
  expect(live.sight.live).toBe(false);
  const { id } = bridge.last('open');
  bridge.say({ kind: 'items', id, items: [report] });
  expect(live.sight).toMatchObject({ live: true, report });
  const fault = { code: 'engine-lost', message: 'The engine stopped.', fix: '', where: {} };
  bridge.say({ kind: 'end', id, fault });
  expect(live.sight).toMatchObject({
    live: false,
    report,
    lostBecause: 'The watch was lost: The engine stopped.',
  });
});

it('tries again after a loss, less and less often, and not after it was stopped', () => {
  const { bridge, live, opened } = start();
  bridge.say({ kind: 'end', id: bridge.last('open').id, fault: null });
  vi.advanceTimersByTime(2000);
  expect(opened()).toBe(2);
  bridge.say({ kind: 'end', id: bridge.last('open').id, fault: null });
  vi.advanceTimersByTime(2000);
  expect(opened()).toBe(2);
  vi.advanceTimersByTime(3000);
  expect(opened()).toBe(3);
  bridge.say({ kind: 'end', id: bridge.last('open').id, fault: null });
  live.stop();
  vi.advanceTimersByTime(600_000);
  expect(opened()).toBe(3);
});

it('another fleet begins with nothing known', () => {
  const { bridge, live } = start();
  bridge.say({ kind: 'items', id: bridge.last('open').id, items: [report] });
  live.forget();
  expect(live.sight).toMatchObject({ live: false, report: null });
});

it('goes on believing the watch of the same pulls until the next one has its first report', () => {
  const { bridge, live } = start();
  const first = bridge.last('open').id;
  bridge.say({ kind: 'items', id: first, items: [report] });
  live.follow({ path: null, text: 'name = "x"' }, reach);
  const second = bridge.last('open').id;
  expect(second).not.toBe(first);
  expect(live.sight.live).toBe(true);
  expect(bridge.sent.filter((message) => message.kind === 'cancel')).toEqual([]);
  bridge.say({ kind: 'items', id: second, items: [report] });
  expect(live.sight.live).toBe(true);
  expect(bridge.last('cancel').id).toBe(first);
});

it('believes nothing of servers that are reached otherwise', () => {
  const { bridge, live } = start();
  bridge.say({ kind: 'items', id: bridge.last('open').id, items: [report] });
  live.follow({ path: null, text: '' }, new Map([['idm-a', 'ssh://b']]));
  expect(live.sight.live).toBe(false);
});

it('a server that is added, or reached otherwise, changes nothing of the others', () => {
  const { bridge, live } = start();
  live.follow(fleet, new Map([...reach, ['idm-b', 'ssh://b']]));
  const first = bridge.last('open').id;
  const all = { ...report, servers: [server('idm-a'), server('idm-b')] };
  bridge.say({ kind: 'items', id: first, items: [all] });
  live.follow(fleet, new Map([...reach, ['idm-b', 'ssh://other'], ['idm-c', 'ssh://c']]));
  const shown = (): readonly string[] => live.sight.report?.servers.map(({ id }) => id) ?? [];
  expect(live.sight.live).toBe(true);
  expect(shown()).toEqual(['idm-a']);
  bridge.say({ kind: 'items', id: first, items: [all] });
  expect(shown()).toEqual(['idm-a']);
  expect([...live.read.keys()]).toEqual(['idm-a']);
});

it('remembers what was read of a server that cannot be reached any more', () => {
  const { bridge, live } = start();
  const { id } = bridge.last('open');
  bridge.say({ kind: 'items', id, items: [{ ...report, servers: [server('idm-a')] }] });
  const away = { ...server('idm-a'), state: 'unreachable', fileRead: false };
  bridge.say({ kind: 'items', id, items: [{ ...report, servers: [away] }] });
  expect(live.read.get('idm-a')?.state).toBe('running');
});

it('believes the watch before no longer once either has ended', () => {
  const { bridge, live, opened } = start();
  const first = bridge.last('open').id;
  bridge.say({ kind: 'items', id: first, items: [report] });
  live.follow(fleet, reach);
  bridge.say({ kind: 'end', id: first, fault: null });
  expect(live.sight.live).toBe(false);
  vi.advanceTimersByTime(600_000);
  expect(opened()).toBe(2);
  bridge.say({ kind: 'end', id: bridge.last('open').id, fault: null });
  vi.advanceTimersByTime(2000);
  expect(opened()).toBe(3);
});
