import { expect, it } from 'vitest';
import { whyUnreached } from './why-unreached';

it('tells the fault that came, and else that the server could not be reached, in the words of the rule', () => {
  const fault = { code: 'timed-out', message: 'No answer.', fix: 'Wait.', where: {} };
  expect(whyUnreached('idm-a', [fault, { ...fault, code: 'later' }])).toBe(fault);
  expect(whyUnreached('idm-a', [])).toEqual({
    code: 'server-unreachable',
    message: 'idm-a could not be reached.',
    fix: 'Check its endpoint and that the machine is up.',
    where: { server: 'idm-a' },
  });
});
