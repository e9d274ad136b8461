import { lookup } from 'node:dns/promises';
import { ADDRCONFIG } from 'node:dns';
import { connect, isIP, type Socket } from 'node:net';
import type { PublicOrigin } from '../../../shared/answers/public-origin';
import { fail, type Fault, ok, type Result } from '../../../shared/base/result';
import type { Call } from '../base/call';
import { limited } from '../base/limited';

/**
 * The addresses that a public origin's name leads to from this computer, as its programs see them.
 * @returns fault `origin-not-found`, `timed-out` or `cancelled`.
 */
export async function addressesOf({ host }: PublicOrigin, call: Call): Promise<Result<readonly string[]>> {
  if (isIP(host) !== 0) return ok([host]);
  // Names below localhost are this computer's, whatever DNS says (RFC 6761, 6.3).
  const isLocal = host === 'localhost' || host.endsWith('.localhost');
  // A family that this computer has no address of is not asked: nobody here would use it.
  const asked = isLocal ? lookup('localhost', { all: true }) : lookup(host, { all: true, hints: ADDRCONFIG });
  return limited<readonly string[]>(call, notLookedUp(host, call.timeoutMs), (settle) => {
    asked.then(
      (found) => {
        const addresses = [...new Set(found.map(({ address }) => address))];
        settle(addresses.length > 0 ? ok(addresses) : fail(notFound(host, 'it has no address')));
      },
      (error: unknown) =>
        settle(fail(notFound(host, error instanceof Error ? error.message : String(error)))),
    );
    return () => undefined;
  });
}

/** A new TCP connection. @returns fault `origin-not-reached`, `timed-out` or `cancelled`. */
export const dialOrigin = (address: string, port: number, call: Call): Promise<Result<Socket>> =>
  limited<Socket>(call, noConnection(shownAddress(address, port), call.timeoutMs), (settle) => {
    const socket = connect({ host: address, port });
    const lost = (error: Error): void => settle(fail(notReached(shownAddress(address, port), error.message)));
    socket.once('error', lost).once('connect', () => {
      socket.removeListener('error', lost);
      settle(ok(socket));
    });
    return () => socket.destroy();
  });

/** `192.0.2.7:443`, `[2001:db8::7]:443`. */
export const shownAddress = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

const notFound = (host: string, detail: string): Fault => ({
  code: 'origin-not-found',
  message: `The name ${host} leads nowhere from this computer.`,
  fix: 'Look at its DNS entry and at the hosts file of this computer.',
  detail,
  where: {},
});

const notReached = (at: string, detail: string): Fault => ({
  code: 'origin-not-reached',
  message: `Nothing answers at ${at}.`,
  fix: 'Look whether the balancer runs, and at firewalls on the way from this computer.',
  detail,
  where: {},
});

const notLookedUp = (host: string, ms: number): Fault => ({
  code: 'timed-out',
  message: `The name ${host} was not looked up within ${ms / 1000} s.`,
  fix: 'Look whether the DNS servers of this computer answer.',
  where: {},
});

/** Who drops packets answers nothing, so it cannot be told from a computer that is not there. */
const noConnection = (at: string, ms: number): Fault => ({
  code: 'timed-out',
  message: `No connection to ${at} came about within ${ms / 1000} s.`,
  fix: 'Look at firewalls on the way from this computer, and whether that address is right.',
  where: {},
});
