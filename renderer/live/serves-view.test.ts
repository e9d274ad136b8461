import { expect, it } from 'vitest';
import type { StatusReport } from '../../shared/observed/status';
import type { Sight } from './pull-view';
import { brokenLogins, viewLogins, viewServes } from './serves-view';
import { summarise } from './summary';
import { lookedAt, servesOf } from './what-was-read';

const said = { cause: 'It said so.', fix: '', at: '2026-11-29T08:00:00Z' };
const report: StatusReport = {
  ...{ servers: [], pulls: [], undrawn: [], problems: [] },
  serves: {
    servers: [{ server: 'idm-a', state: 'serves', login: 'works', ...said, certificate: null, name: null }],
    logins: [{ consumer: 'idm-b', supplier: 'idm-a', state: 'broken', ...said }],
  },
};
const at = { wall: 1_000, monotonic: 1_000 };
const sight: Sight = { report, at, live: true, lostBecause: '' };
const later = { wall: 3_600_000, monotonic: 3_600_000 };
const pull = { consumer: 'idm-b', supplier: 'idm-a' };

it('says what was proved, while the servers are heard', () => {
  expect(viewServes('idm-a', sight, at)).toMatchObject({ tone: 'good', words: 'serves' });
  expect(viewLogins(pull, sight, at)).toMatchObject({ tone: 'bad', words: 'broken' });
  expect(brokenLogins(sight, at)).toBe(1);
});

it('shows no colour of what is old, lost, or was never looked at', () => {
  for (const view of [
    viewServes('idm-a', sight, later),
    viewServes('idm-a', { ...sight, live: false }, at),
    viewServes('idm-c', sight, at),
    viewLogins({ ...pull, supplier: 'idm-c' }, sight, at),
  ])
    expect(view).toMatchObject({ tone: 'quiet', at: null });
});

it('says of a look that proves nothing any more what it said, when it was, and why it is not claimed', () => {
  const looked = report.serves ?? null;
  const at1 = Date.parse(said.at);
  const servers = looked?.servers ?? [];
  const tooOld: StatusReport = {
    ...report,
    serves: {
      servers: servers.map((it) => ({ ...it, state: 'unknown', cause: 'The last look is too old.' })),
      logins: [],
    },
  };
  const { serves: _, ...begun } = report;
  for (const [view, why] of [
    [
      viewServes('idm-a', { ...sight, looked, report: begun }, at),
      'Not looked at again since the servers were read.',
    ],
    [viewServes('idm-a', { ...sight, looked, live: false }, at), 'No word from the servers now.'],
    [
      viewServes('idm-a', { ...sight, looked: lookedAt(looked, tooOld.serves), report: tooOld }, at),
      'The last look is too old.',
    ],
  ] as const)
    expect(view).toEqual({
      tone: 'quiet',
      words: 'not known now',
      cause: `At the last look: serves. ${why}`,
      fix: '',
      at: at1,
    });
  expect(viewLogins(pull, { ...sight, looked, report: begun }, at)).toMatchObject({
    words: 'not known now',
    cause: expect.stringContaining('At the last look: broken.'),
    at: at1,
  });
});

it('keeps the newest look at each, and of servers that are still the same alone', () => {
  const one = (server: string, at2: string, state: 'serves' | 'unknown') => ({
    ...{ server, state, login: 'works' as const, cause: '', fix: '', certificate: null, name: null },
    at: at2,
  });
  const first = {
    servers: [one('a', '2026-11-29T08:00:00Z', 'serves'), one('b', '2026-11-29T08:00:00Z', 'serves')],
    logins: [],
  };
  const second = { servers: [one('a', '2026-11-29T08:05:00Z', 'unknown')], logins: [] };
  expect(lookedAt(first, second)?.servers).toEqual([...second.servers, first.servers[1]]);
  expect(lookedAt(first, undefined)).toBe(first);
  expect(servesOf(first, new Set(['b'])).servers).toEqual([first.servers[1]]);
});

it('is never green in one line while a login is broken', () => {
  const replicating = {
    ...{ consumer: 'idm-b', supplier: 'idm-a', health: 'replicating' as const, cause: '', fix: '' },
    ...{ lastSuccess: 0, removed: false },
  };
  expect(summarise([replicating], [], 0).tone).toBe('good');
  expect(summarise([replicating], [], 1)).toEqual({ tone: 'bad', text: '1 pull replicating, logins broken' });
});
