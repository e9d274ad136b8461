import { expect, it } from 'vitest';
import { VirtualClock } from '../../../test/support/virtual-clock';
import { RUV_STARTED_EVERY } from '../../../shared/ruv/by-itself';
import { NOTHING_RECALLED } from '../../../shared/ruv/ruv-memory';
import type { ServerRuv } from '../../../shared/ruv/ruv';
import type { Running } from '../base/look-schedule';
import type { RuvLooked } from './look-ruv';
import { readAlone, RuvStarts } from './ruv-starts';

const HOUR = 3_600_000;
const running = (startedAt: number, offsetMs = 0): ReadonlyMap<string, Running> =>
  new Map([['idm-a', { state: 'running', startedAt, offsetMs }]]);
const brought = (states: Readonly<Record<string, ServerRuv['state']>>): RuvLooked => ({
  report: {
    servers: Object.entries(states).map(([server, state]) => ({
      ...{ server, state, cause: '', fix: '', newest: null, at: '2026-11-30T03:00:00.000Z' },
    })),
    pulls: [],
  },
  ...{ known: new Map(), lost: new Map(), refused: new Map(), leftOut: new Map() },
});
const NONE: ReadonlySet<string> = new Set();

function begun() {
  const clock = new VirtualClock();
  const starts = new RuvStarts(clock);
  const unread = (servers: ReadonlyMap<string, Running>) =>
    starts.unread(servers, NOTHING_RECALLED, new Map()).has('idm-a');
  const began = clock.now() - HOUR;
  starts.see(running(began));
  return { clock, starts, unread, began };
}

it('a step of a server’s clock is no start, whichever way it tells when it started', () => {
  const { unread, began } = begun();
  // By its age: its own clock went on by an hour, and so does what it says.
  expect(unread(running(began + HOUR, HOUR))).toBe(false);
  // By what was written then.
  expect(unread(running(began, HOUR))).toBe(false);
  expect(unread(running(began + HOUR / 2))).toBe(true);
});

it('a server that a look ended is doubted in the life that this began', () => {
  const { starts, began } = begun();
  starts.over(running(began), brought({ 'idm-a': 'read' }), NONE);
  expect(starts.isLookedAt('idm-a', running(began + HOUR))).toBe(false);
  starts.over(running(began), brought({ 'idm-a': 'unknown' }), NONE);
  expect(starts.isLookedAt('idm-a', running(began + HOUR))).toBe(true);
});

it('a reading that proves nothing leaves it unread', () => {
  const { starts, unread, began } = begun();
  const again = running(began + HOUR / 2);
  starts.over(again, brought({ 'idm-a': 'read' }), new Set(['idm-a']));
  expect(unread(again)).toBe(true);
  starts.over(again, brought({ 'idm-a': 'read' }), NONE);
  expect(unread(again)).toBe(false);
});

it('a large one, or its partner, is asked once in six hours', () => {
  const { clock, starts } = begun();
  const both = new Set(['idm-a', 'idm-b']);
  expect(starts.mayBeAsked(both)).toEqual(both);
  starts.began(new Set(['idm-b']));
  expect(starts.mayBeAsked(both)).toEqual(new Set(['idm-a']));
  clock.advance(RUV_STARTED_EVERY);
  expect(starts.mayBeAsked(both)).toEqual(both);
});

it.each([
  ['no partner was read', { 'idm-a': 'read', 'idm-b': 'unknown' }, ['idm-a'], ['idm-a']],
  ['a partner was', { 'idm-a': 'read', 'idm-b': 'read' }, ['idm-a'], []],
  ['it is small, and read every hour', { 'idm-a': 'read', 'idm-b': 'unknown' }, [], []],
  ['it has no partner', { 'idm-c': 'read' }, ['idm-c'], []],
] as const)('a large server that was read: %s', (_, states, large, alone) => {
  const pulls = [{ consumer: 'idm-a', supplier: 'idm-b' }];
  expect([...readAlone(brought(states), new Set(large), pulls)]).toEqual(alone);
});
