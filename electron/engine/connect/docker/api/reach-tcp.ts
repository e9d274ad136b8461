import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { fail, ok, type Result } from '../../../../../shared/base/result';
import { isEveryAddress } from '../../../../../shared/server-config/socket-address';
import { type ServerPlace, errorText } from '../../common/faults';
import { settle } from '../../common/limits';
import { lookup } from '../../common/look-up';
import { notReachable, portFault } from '../../common/port-faults';
import type { ContainerPort } from './dialer';

/** Dials from this computer. */
export const reachTcp = (
  where: ServerPlace,
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<Result<Duplex>> =>
  settle<Duplex>([signal], (done) => {
    const socket = connect({ host, port, lookup });
    socket
      .on('error', (error) => done(fail(portFault(where, port, false, errorText(error)))))
      .once('connect', () => done(ok(socket.setNoDelay(true))));
    return () => socket.destroy();
  });

/**
 * A container's port on a host that is reached over the network: what is published beyond its loopback, and nothing else.
 * It is dialled at the host the person named, whatever address the engine tells: else an engine could have this computer
 * dial any host of its network.
 */
export function reachRemote(
  where: ServerPlace,
  engineHost: string,
  { published, fromHost }: ContainerPort,
  signal: AbortSignal,
): Promise<Result<Duplex>> {
  // At another address of that host another server may listen at the same port.
  if (published !== null && (published.host === engineHost || isEveryAddress(published.host)))
    return reachTcp(where, engineHost, published.port, signal);
  const why =
    published === null
      ? 'it is not published beyond the engine’s host'
      : `it is published at ${published.host}, and the engine is reached at another address`;
  const fix = 'Publish the port, or reach the engine by ssh://user@host.';
  return Promise.resolve(fail(notReachable(where, fromHost.port, why, fix)));
}
