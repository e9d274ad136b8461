import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createClient } from '../bridge/client';
import { RecordedBridge } from '../bridge/recorded-bridge';
import { LiveLog } from './live-log.svelte';
import { everything } from './log-filter';

const fleet = { path: null, text: '' };
const line = (at: number, level = 'info') => ({
  at,
  server: 'a',
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
  log.follow(fleet, false);
  const say = (...items: unknown[]): void => {
    bridge.say({ kind: 'items', id: bridge.last('open').id, items });
    vi.advanceTimersByTime(200);
  };
  return { bridge, log, say };
}

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

it('shows a late line where it belongs, and new ones after it', () => {
  const { log, say } = start();
  say(line(1), line(5));
  say(line(3));
  say(line(6), line(7));
  expect(log.shown.map((one) => one.at)).toEqual([1, 3, 5, 6, 7]);
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
  log.follow(fleet, false);
  expect(log.shown).toEqual([]);
});
