import { expect, it } from 'vitest';
import { problem } from './problem';
import { fault } from './fault';

it('the place of a fault or a problem acts on nothing either: a key and a path may be a server’s words', () => {
  const odd = 'replication."\u202Ex\u001B[2J\ny"';
  const shown = 'replication."\uFFFDx\uFFFD[2J y"';
  const where = { server: 'idm-a', file: odd, field: odd, link: odd };
  const one = { code: 'x', message: odd, fix: '', where };
  expect(fault.parse(one).where).toEqual({ server: 'idm-a', file: shown, field: shown, link: shown });
  expect(problem.parse({ ...one, severity: 'error', server: null }).where.field).toBe(shown);
});
