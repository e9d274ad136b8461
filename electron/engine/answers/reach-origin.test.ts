import { EventEmitter } from 'node:events';
import type * as Net from 'node:net';
import { expect, it, vi } from 'vitest';
import { readPublicOrigin } from '../../../shared/answers/public-origin';
import { addressesOf, dialOrigin } from './reach-origin';

// No packet may leave this computer, so what never answers is made here.
const never = vi.hoisted(() => ({ destroyed: 0 }));
vi.mock('node:dns/promises', () => ({ lookup: () => new Promise(() => undefined) }));
vi.mock('node:net', async (original) => ({
  ...(await original<typeof Net>()),
  connect: () => Object.assign(new EventEmitter(), { destroy: () => (never.destroyed += 1) }),
}));

const call = () => ({ signal: new AbortController().signal, timeoutMs: 50 });

it('says of a name that is not looked up in time that it is the name, and no server', async () => {
  const origin = readPublicOrigin('https://idm.example.com');
  if (origin === null) throw new Error('it is one');
  expect(await addressesOf(origin, call())).toMatchObject({
    ...{ ok: false, error: { code: 'timed-out', where: {} } },
    error: {
      message: 'The name idm.example.com was not looked up within 0.05 s.',
      fix: expect.stringContaining('DNS'),
    },
  });
});

it('says of a connection that does not come about that something on the way may drop it', async () => {
  expect(await dialOrigin('2001:db8::7', 8443, call())).toMatchObject({
    ok: false,
    error: {
      ...{ code: 'timed-out', where: {} },
      message: 'No connection to [2001:db8::7]:8443 came about within 0.05 s.',
      fix: expect.stringContaining('firewall'),
    },
  });
  expect(never.destroyed).toBe(1);
});
