import { expect, it } from 'vitest';
import type { ServesReport } from '../../serves/serves';
import { provedProblems } from './proved';

it('what is broken is a problem of its server, and what is unknown is none', () => {
  const said = { cause: 'It fails.', fix: 'Read its log.', at: '2026-11-29T09:00:00Z' };
  const server = (id: string, state: 'serves' | 'broken' | 'unknown') =>
    ({ server: id, state, login: 'unknown', ...said, certificate: null, name: null }) as const;
  const pull = (state: 'good' | 'broken') => ({ consumer: 'idm-b', supplier: 'idm-a', state, ...said });
  const serves: ServesReport = {
    servers: [server('idm-a', 'broken'), server('idm-b', 'unknown'), server('idm-c', 'serves')],
    logins: [pull('broken'), pull('good')],
  };
  const row = { ...said, newest: null } as const;
  const ruv = {
    servers: [
      { server: 'idm-b', state: 'went-back', ...row } as const,
      { server: 'idm-a', state: 'unknown', ...row } as const,
    ],
    pulls: [],
  };
  const found = provedProblems({ serves, ruv });
  expect(found.map(({ code, server: id }) => `${code} ${id ?? ''}`)).toEqual([
    'logins-broken idm-a',
    'logins-broken idm-b',
    'restored-to-older-copy idm-b',
  ]);
  expect(found.every(({ message, fix }) => message.includes('It fails.') && fix === 'Read its log.')).toBe(
    true,
  );
  expect(provedProblems({})).toEqual([]);
});
