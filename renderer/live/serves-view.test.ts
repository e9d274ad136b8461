import { expect, it } from 'vitest';
import type { StatusReport } from '../../shared/observed/status';
import type { Sight } from './pull-view';
import { brokenLogins, viewLogins, viewServes } from './serves-view';
import { summarise } from './summary';

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

it('is never green in one line while a login is broken', () => {
  const replicating = {
    ...{ consumer: 'idm-b', supplier: 'idm-a', health: 'replicating' as const, cause: '', fix: '' },
    ...{ lastSuccess: 0, removed: false },
  };
  expect(summarise([replicating], [], 0).tone).toBe('good');
  expect(summarise([replicating], [], 1)).toEqual({ tone: 'bad', text: '1 pull replicating, logins broken' });
});
