import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createClient } from '../../bridge/ipc-client';
import { RecordedBridge } from '../../bridge/recorded-bridge';
import { LiveLog } from './live-log.svelte';
import { everything } from './log-filter';
import '../../dev/all-loaded';

const fleet = { path: null, text: '' };
const reach = (...servers: string[]) => new Map(servers.map((server) => [server, `ssh ${server}`]));
const line = (at: number, level = 'info') => ({
  key: `cursor ${at}`,
  at,
  offset: 0,
  server: 'a',
  group: null,
  bootstrap: null,
  level,
  meaning: `m${at}`,
  raw: `r${at}`,
  pull: null,
});

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function start() {
  const bridge = new RecordedBridge();
  const log = new LiveLog(createClient(bridge));
  log.setFilter(everything);
  log.follow(fleet, false, reach('a'));
  const say = (...items: unknown[]): void => {
    bridge.say({ kind: 'items', id: bridge.last('open').id, items });
    vi.advanceTimersByTime(200);
  };
  return { bridge, log, say };
}

const lacking = (at: number, lacks: number) => ({ ...line(at), key: `lacking/${at}`, server: '', lacks });

it('counts what the engine lost, whether the line that tells of it is shown or passed over', () => {
  const { bridge, log, say } = start();
  say(lacking(1, 500));
  expect([log.passed, log.held]).toEqual([500, 1]);
  const flood = Array.from({ length: 30_000 }, (_, n) => line(n + 10));
  bridge.say({ kind: 'items', id: bridge.last('open').id, items: [lacking(2, 700), ...flood] });
  vi.advanceTimersByTime(5000);
  expect(log.passed).toBe(500 + 700 + 20_000);
});

it('follows, and pauses with a count of what matched meanwhile', () => {
  const { log, say } = start();
  say(line(1), line(2, 'bad'));
  expect(log.shown.map((one) => one.at)).toEqual([1, 2]);
  log.setFilter({ ...log.filter, level: 'bad' });
  log.pause();
  say(line(3), line(4, 'bad'), line(5, 'bad'));
  expect(log.shown.map((one) => one.at)).toEqual([2]);
  expect(log.missed).toBe(2);
  log.resume();
  expect(log.shown.map((one) => one.at)).toEqual([2, 4, 5]);
  expect(log.missed).toBe(0);
});

it('lets a flood in as far as it can be shown, the newest, and says what it left out', () => {
  const { bridge, log } = start();
  const { id } = bridge.last('open');
  for (let n = 0; n < 30; n += 1)
    bridge.say({
      kind: 'items',
      id,
      items: Array.from({ length: 1000 }, (_, index) => line(n * 1000 + index + 1)),
    });
  vi.advanceTimersByTime(200);
  expect(log.held).toBe(10_000);
  expect(log.passed).toBe(20_000);
  expect(log.shown.at(-1)?.at).toBe(30_000);
});

it('rests longer after a stroke that took long, so that a flood does not hold up the window', () => {
  const { log, say } = start();
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 400));
  say(line(1));
  say(line(2));
  expect(log.shown.map((one) => one.at)).toEqual([1]);
  vi.advanceTimersByTime(1000);
  expect(log.shown.map((one) => one.at)).toEqual([1, 2]);
  clock.mockRestore();
});

it('holds its bound in a flood, and says what it dropped, whatever is shown', () => {
  const { bridge, log } = start();
  const { id } = bridge.last('open');
  const long = 'x'.repeat(1990);
  for (let n = 0; n < 90; n += 1) {
    const items = Array.from({ length: 1000 }, (_, index) => ({ ...line(n * 1000 + index + 1), raw: long }));
    bridge.say({ kind: 'items', id, items });
    vi.advanceTimersByTime(200);
  }
  const characters = log.lines.reduce((sum, one) => sum + one.raw.length, 0);
  expect(characters).toBeLessThan(160_000_000);
  expect(log.dropped).toBeGreaterThan(0);
  expect(log.held + log.dropped + log.passed).toBe(90_000);
  expect(log.shown.length).toBe(log.held);
  expect(log.shown.at(-1)?.at).toBe(90_000);
});

it('shows a late line where it belongs, and new ones after it', () => {
  const { log, say } = start();
  say(line(1), line(5));
  say(line(3));
  say(line(6), line(7));
  expect(log.shown.map((one) => one.at)).toEqual([1, 3, 5, 6, 7]);
});

it('takes lines once when they are followed anew, whatever the server’s clock is measured to be', () => {
  const { log, say } = start();
  say(line(1), line(2_000_000), line(4_000_000));
  for (const offset of [3000, -2500, 60_000_000, 0]) {
    log.follow(fleet, true, reach('a'));
    say(...[1, 2_000_000, 4_000_000].map((at) => ({ ...line(at), offset })));
  }
  say({ ...line(4_000_001), offset: 5000 });
  expect(log.shown.map((one) => one.at)).toEqual([1, 2_000_000, 4_000_000, 4_000_001]);
});

it('has one line for what stays so, and a new one when it was read in between', () => {
  const { log, say } = start();
  const unread = (at: number) => ({ ...line(at, 'bad'), key: 'unread/connection-refused' });
  say(unread(1));
  for (const at of [5, 9, 14]) {
    log.follow(fleet, true, reach('a'));
    say(unread(at));
  }
  expect(log.shown).toMatchObject([{ at: 1, again: { times: 3, last: 14 } }]);
  say(line(20), unread(30));
  expect(log.shown.map((one) => one.at)).toEqual([1, 20, 30]);
});

it('knows the lines of a server that got another name', () => {
  const { log, say } = start();
  say(line(1), line(2));
  log.follow(fleet, true, reach('z'));
  say({ ...line(1), server: 'z' }, { ...line(2), server: 'z' }, { ...line(3), server: 'z' });
  expect(log.shown.map((one) => `${one.server} ${one.at}`)).toEqual(['z 1', 'z 2', 'z 3']);
});

it('shows what a line means by what is known now', () => {
  const { log, say } = start();
  say(line(1));
  log.follow(fleet, true, reach('a'));
  say({ ...line(1), meaning: 'pull from b', pull: { consumer: 'a', supplier: 'b' } });
  expect(log.shown).toMatchObject([{ meaning: 'pull from b', pull: { supplier: 'b' } }]);
});

it('takes lines once when the stream is opened again', () => {
  const { bridge, log, say } = start();
  say(line(1), line(2));
  bridge.say({ kind: 'end', id: bridge.last('open').id, fault: null });
  expect(log.lostBecause).not.toBe('');
  vi.advanceTimersByTime(10_000);
  expect(log.lostBecause).toBe('');
  say(line(1), line(2), line(3));
  expect(log.shown.map((one) => one.at)).toEqual([1, 2, 3]);
});

it('forgets the log of another fleet', () => {
  const { log, say } = start();
  say(line(1));
  log.follow(fleet, false, reach('a'));
  expect(log.shown).toEqual([]);
});

it('has one row for the lines of a round and for those of a start', () => {
  const { log, say } = start();
  const pull = { consumer: 'a', supplier: 'b' };
  say(
    {
      ...line(1),
      group: 'start/1',
      meaning: 'Starting Kanidmd',
      raw: 'x INFO i [info]: Starting Kanidmd | version: 1.10.5',
    },
    { ...line(2, 'bad'), group: 'start/1', meaning: 'SQLite Error', bootstrap: 'part' },
    { ...line(3, 'warn'), group: 'start/1', meaning: 'may not be secure' },
    { ...line(4, 'warn'), group: 'start/1', meaning: 'bootstrapped', bootstrap: 'sign' },
    { ...line(5), group: 's1', meaning: 'pull from b · 4.2 ms', pull },
  );
  say(
    { ...line(6, 'good'), group: 's1', meaning: 'round ok' },
    { ...line(7, 'good'), group: 'start/1', meaning: 'ready', raw: 'ready to rock!' },
  );
  expect(log.rows).toMatchObject([
    {
      level: 'warn',
      meaning: 'kanidmd 1.10.5 started · made a new, empty database · 1 warning',
      lines: { length: 5 },
    },
    { level: 'good', meaning: 'pull from b · round ok · 4.2 ms', pull, lines: { length: 2 } },
  ]);
});

it('does not call it the making of a database where none was made', () => {
  const { log, say } = start();
  say({ ...line(1), group: 'start/1', raw: 'Starting Kanidmd | version: 1.10.5' });
  say({ ...line(2, 'bad'), group: 'start/1', meaning: 'SQLite Error: no such table', bootstrap: 'part' });
  expect(log.rows).toMatchObject([
    { level: 'bad', meaning: 'kanidmd 1.10.5 starts · SQLite Error: no such table' },
  ]);
});

const hex = (n: number): string =>
  Array.from({ length: 1900 }, (_, index) =>
    ((n * 7919 + index * index * 31 + (index * n) ** 2) % 16).toString(16),
  ).join('');

it('an expression that is too much work is named as the fault, is tried once, and hides nothing', () => {
  const { log, say } = start();
  say(...Array.from({ length: 300 }, (_, index) => ({ ...line(index + 1), raw: hex(index + 1) })));
  log.setFilter({ ...log.filter, text: '/[0-7].{200}x/' });
  expect(log.filterFault).toMatch(/too much work/);
  expect(log.shown).toHaveLength(300);
  say({ ...line(999), raw: hex(999) });
  expect(log.shown).toHaveLength(301);
  log.setFilter({ ...log.filter, text: '/m999/' });
  expect(log.filterFault).toBe('');
  expect(log.shown).toHaveLength(1);
});

it('tells while it is paused too that an expression became too much work', () => {
  const { log, say } = start();
  log.setFilter({ ...log.filter, text: '/[0-7].{200}x/' });
  log.pause();
  expect(log.filterFault).toBe('');
  say(...Array.from({ length: 300 }, (_, index) => ({ ...line(index + 1), raw: hex(index + 1) })));
  expect(log.filterFault).toMatch(/too much work/);
  expect(log.shown).toEqual([]);
});

const later = () => Promise.resolve().then(() => vi.advanceTimersByTimeAsync(0));
const back = (bridge: RecordedBridge, value: unknown) => {
  bridge.say({ kind: 'answer', id: bridge.last('ask').id, answer: { ok: true, value } });
  return later();
};
const more = { server: 'a', more: true, fault: null };
const ended = { ...more, more: false };
const asks = (bridge: RecordedBridge) => bridge.sent.filter(({ kind }) => kind === 'ask').length;

it('a server that was never asked may keep older lines: a new one, and one that is reached another way', async () => {
  const { bridge, log, say } = start();
  say(line(50));
  log.readOlder();
  await back(bridge, { lines: [line(40)], from: 40, servers: [ended] });
  expect(log.older.more).toBe(false);
  log.follow(fleet, true, reach('a'));
  expect([log.older.more, log.older.back?.from]).toEqual([false, 40]);
  log.follow({ ...fleet, text: 'ab' }, true, reach('a', 'b'));
  expect([log.older.more, log.older.back]).toEqual([true, null]);
  log.readOlder();
  await back(bridge, { lines: [], from: 40, servers: [ended, { ...ended, server: 'b' }] });
  expect(log.older.more).toBe(false);
  log.follow({ ...fleet, text: 'ac' }, true, new Map([...reach('a'), ['b', 'ssh c']]));
  expect([log.older.more, log.older.back]).toEqual([true, null]);
});

it('a log of which servers keep nothing older begins with the oldest line that is held, not where it was asked from', async () => {
  const { bridge, log, say } = start();
  say(line(50));
  log.readOlder();
  await back(bridge, { lines: [], from: 90, servers: [ended] });
  expect(log.older.back?.from).toBe(50);
});

it('drops what was being read when the fleet’s text changes, and reads anew', async () => {
  const { bridge, log, say } = start();
  say(line(50));
  log.readOlder();
  const { id } = bridge.last('ask');
  log.follow({ ...fleet, text: 'z' }, true, reach('z'));
  expect(log.older.reading).toBe(false);
  bridge.say({
    kind: 'answer',
    id,
    answer: { ok: true, value: { lines: [line(40)], from: 40, servers: [more] } },
  });
  await later();
  expect(log.shown.map((one) => one.at)).toEqual([50]);
  log.readOlder();
  await back(bridge, { lines: [line(30)], from: 30, servers: [more, { ...more, server: 'z' }] });
  expect(log.shown.map((one) => one.at)).toEqual([50]);
});

it('scrolling does not ask again what brought nothing; the button does', async () => {
  const { bridge, log, say } = start();
  say(line(50));
  log.readOlder(true);
  await back(bridge, { lines: [line(40)], from: 40, servers: [more] });
  log.readOlder(true);
  await back(bridge, { lines: [line(40)], from: 40, servers: [more] });
  expect(log.older.back?.stuck).toBe(true);
  const before = asks(bridge);
  log.readOlder(true);
  expect(asks(bridge)).toBe(before);
  log.readOlder();
  expect(asks(bridge)).toBe(before + 1);
});

it('asks from a time that the question may hold, whatever the servers’ clocks show', async () => {
  const { bridge, log, say } = start();
  say(line(-5));
  log.readOlder();
  expect(bridge.last('ask')).toMatchObject({ question: { back: { servers: [{ at: 0, clock: 'its' }] } } });
  log.follow({ ...fleet, text: 'ab' }, true, reach('a', 'b'));
  log.readOlder();
  await back(bridge, { lines: [], from: -9, servers: [more, { ...more, server: 'b' }] });
  log.readOlder();
  expect(bridge.last('ask')).toMatchObject({
    question: { back: { servers: [{ at: 0 }, { server: 'b', at: 0 }] } },
  });
});

it('reads older lines while it is paused: they come before what is shown, once, and nothing else moves', async () => {
  const { bridge, log, say } = start();
  say(line(50), line(60));
  log.readOlder();
  expect(log.following).toBe(false);
  expect(bridge.last('ask')).toMatchObject({
    name: 'logs.older',
    question: { back: { servers: [{ server: 'a', at: 50, clock: 'its' }] } },
  });
  say(line(70));
  await back(bridge, { lines: [line(30), line(40), line(50)], from: 30, servers: [more] });
  expect(log.shown.map((one) => one.at)).toEqual([30, 40, 50, 60]);
  expect([log.missed, log.grewBack, log.held]).toEqual([1, true, 5]);
  expect(new Set(log.rows.map(({ key }) => key)).size).toBe(4);
  log.readOlder();
  expect(bridge.last('ask')).toMatchObject({ question: { back: { servers: [{ at: 30, clock: 'its' }] } } });
  await back(bridge, { lines: [line(10)], from: 10, servers: [{ ...more, more: false }] });
  log.resume();
  expect(log.shown.map((one) => one.at)).toEqual([10, 30, 40, 50, 60, 70]);
  const asked = bridge.last('ask').id;
  log.readOlder();
  expect(bridge.last('ask').id).toBe(asked);
});

it('goes on from where each server was read back to, and asks again for what could not be read', async () => {
  const { bridge, log, say } = start();
  log.follow(fleet, true, reach('a', 'b', 'c'));
  say(line(50));
  log.readOlder();
  const fault = { code: 'timed-out', message: 'No answer.', fix: 'Wait.', where: { server: 'b' } };
  const servers = [more, { server: 'b', more: true, fault }, { server: 'c', more: true, fault: null }];
  await back(bridge, { lines: [line(40)], from: 40, servers });
  log.readOlder();
  const asked = bridge.last('ask');
  expect(asked).toMatchObject({ question: { back: { servers: expect.any(Array) as unknown } } });
  const { servers: places } = (asked.question as { back: { servers: { server: string }[] } }).back;
  expect([...places].sort((a, b) => a.server.localeCompare(b.server))).toEqual([
    { server: 'a', at: 40, clock: 'its', key: 'cursor 40' },
    { server: 'c', at: 40, clock: 'ours' },
  ]);
});

it('drops an answer that comes after another fleet was opened', async () => {
  const { bridge, log, say } = start();
  say(line(50));
  log.readOlder();
  const { id } = bridge.last('ask');
  log.follow(fleet, false, reach('z'));
  bridge.say({ kind: 'answer', id, answer: { ok: true, value: { lines: [line(1)], from: 1, servers: [] } } });
  await later();
  expect(log.shown).toEqual([]);
  expect([log.older.reading, log.older.back]).toEqual([false, null]);
});
