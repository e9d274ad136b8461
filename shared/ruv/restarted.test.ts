import { expect, it } from 'vitest';
import type { PullHealth } from '../kanidmd/health';
import { withRuv } from './judge-ruv';
import { isUnread, type Life, withLeftOut } from './restarted';
import type { ServerRuv } from './ruv';

const START = Date.parse('2026-11-29T03:00:00Z');
const life = (more: Partial<Life>): Life => ({
  ...{ startedAt: START, now: START + 3_600_000, isAnother: false },
  ...{ seenSince: null, readAt: null, refreshedAt: null },
  ...more,
});

it.each([
  ['met with this start', {}, false],
  ['watched since', { seenSince: START + 60_000 }, false],
  ['watched before', { seenSince: START - 60_000 }, true],
  ['seen with another start', { isAnother: true }, true],
  ['read before', { readAt: START - 60_000 }, true],
  ['read around the start, by clocks that agree so far', { readAt: START + 3_000, isAnother: true }, true],
  ['read since', { readAt: START + 60_000, isAnother: true }, false],
  ['read at a time that has not come', { readAt: START + 3_700_000 }, true],
  ['refreshed since', { refreshedAt: START + 60_000, isAnother: true }, false],
  ['refreshed before', { refreshedAt: START - 60_000, isAnother: true }, true],
] as const)('a server that was %s: unread %o is %s', (_, more, unread) => {
  expect(isUnread(life(more))).toBe(unread);
});

const fault = { code: 'ruv-too-large', message: 'Its database has 40 MB.', fix: 'Ask.', where: {} };
const out = new Map([['idm-b', { fault, at: START }]]);
const row = (more: Partial<ServerRuv>): ServerRuv => ({
  ...{
    server: 'idm-b',
    state: 'unknown',
    cause: 'Why.',
    fix: '',
    at: '2026-11-29T03:00:00.000Z',
    newest: null,
  },
  ...more,
});
const pull = { consumer: 'idm-a', supplier: 'idm-b', health: 'replicating', cause: '', fix: '' };
const healthBy = (report: ReturnType<typeof withLeftOut>) =>
  withRuv([pull as unknown as PullHealth], report)[0];

it('rounds of who started unread prove nothing, and its pull says why', () => {
  const left = withLeftOut(null, out, new Map());
  expect(left?.servers).toMatchObject([{ state: 'unknown', code: 'ruv-too-large' }]);
  expect(healthBy(left)?.health).toBe('replicating');
  const failed = withLeftOut({ servers: [row({})], pulls: [] }, new Map(), new Map([['idm-b', START]]));
  expect(healthBy(failed)?.cause).toMatch(/^idm-b: It started at .* Why\.$/);
  const open = withLeftOut({ servers: [row({})], pulls: [] }, out, new Map([['idm-b', START]]));
  expect(healthBy(open)).toMatchObject({ health: 'unknown' });
  expect(healthBy(open)?.cause).toMatch(/^idm-b: It started at 2026-11-29T03:00:00.000Z.* has 40 MB\.$/);
  expect(healthBy(withLeftOut(null, new Map(), new Map([['idm-b', START]])))?.health).toBe('replicating');
});

it('what is known to be wrong is not told away', () => {
  for (const known of [row({ state: 'went-back' }), row({ refreshed: true })])
    expect(withLeftOut({ servers: [known], pulls: [] }, out, new Map([['idm-b', START]]))?.servers).toEqual([
      known,
    ]);
});
