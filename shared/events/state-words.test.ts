import { describe, expect, it } from 'vitest';
import { reportOf, ruvOf, serverOf, servesOf } from '../../test/support/status-reports';
import type { Problem } from '../base/problem';
import { stateWords } from './state-words';

const three = ['idm-a', 'idm-b', 'idm-c'];
const well = reportOf({ pulls: [['idm-b', 'idm-a', 'replicating']] });
const wrong: Problem = {
  ...{ severity: 'error', code: 'test', server: 'idm-a', message: 'It is wrong.', fix: '', where: {} },
};

describe('a fleet in a few words', () => {
  it('is well only when every server of the question answered', () => {
    expect(stateWords(well, ['idm-a', 'idm-b'])).toBe('all pulls replicate');
    expect(stateWords(well, three)).toBe('2 of 3 servers answered');
    expect(stateWords(reportOf({}), three)).toBe('2 of 3 servers answered');
    expect(stateWords(null, three)).toBe('nothing is known now');
  });

  it('tells what is wrong before who is awaited, and another server that answers stands for none', () => {
    const seen = reportOf({ servers: [serverOf('idm-a', { state: 'stopped' }), serverOf('idm-z')] });
    expect(stateWords(seen, three)).toBe('1 server stopped, 1 of 3 servers answered');
  });

  it('names a server that was restored to an older copy, until it is read again', () => {
    const words = (ruv: ReturnType<typeof ruvOf>) => stateWords({ ...well, ruv }, ['idm-a', 'idm-b']);
    expect(words(ruvOf('went-back'))).toBe('1 server restored to an older copy');
    expect(words(ruvOf('unknown', { refreshed: true }))).toBe('1 server restored to an older copy');
    expect(words(ruvOf('read'))).toBe('all pulls replicate');
  });

  it('counts errors, and no warnings', () => {
    const all = ['idm-a', 'idm-b'];
    expect(stateWords({ ...well, problems: [wrong, wrong] }, all)).toBe('2 errors');
    expect(stateWords({ ...well, problems: [{ ...wrong, severity: 'warning' }] }, all)).toBe(
      'all pulls replicate',
    );
    expect(stateWords({ ...well, serves: servesOf('1', {}, 'broken'), problems: [wrong] }, all)).toBe(
      'logins broken, 1 error',
    );
  });
});
