import { isIP } from 'node:net';
import { fail, ok, type Result } from '../../../../../shared/base/result';
import type { TcpAddress } from '../../connection';
import { dialledFrom } from '../../common/dialled';
import type { ServerPlace } from '../../common/faults';
import { notReachable } from '../../common/port-faults';
import type { Inspected } from '../api/container';
import type { ContainerPort } from '../api/dialer';

/**
 * Where a container's port is dialled: as it is published, on the host's own network, else at the container's address,
 * which the engine's host sees. The engine tells all of it: what is no IP address and no port is passed over.
 * @returns `port-not-reachable` when it is neither.
 */
export function reachOf(
  where: ServerPlace,
  seen: Pick<Inspected, 'HostConfig' | 'NetworkSettings'>,
  to: TcpAddress,
): Result<ContainerPort> {
  const { HostConfig, NetworkSettings } = seen;
  if (HostConfig.NetworkMode === 'host') return ok(onHost(to));
  const [binding] = (NetworkSettings.Ports[`${to.port}/tcp`] ?? []).flatMap(listener);
  if (binding !== undefined) return ok(onHost(binding));
  const address = Object.values(NetworkSettings.Networks).find(({ IPAddress }) => isIP(IPAddress) !== 0);
  if (address === undefined)
    return fail(notReachable(where, to.port, 'the container does not publish it', 'Publish the port.'));
  return ok({ fromHost: { host: address.IPAddress, port: to.port }, published: null });
}

/** A listener on the engine's host. */
const onHost = (listens: TcpAddress): ContainerPort => ({
  fromHost: dialledFrom(listens),
  published: listens.host === '::1' || listens.host.startsWith('127.') ? null : listens,
});

interface Binding {
  readonly HostIp: string;
  readonly HostPort: string;
}

function listener({ HostIp, HostPort }: Binding): readonly TcpAddress[] {
  const host = HostIp || '0.0.0.0';
  const port = Number(HostPort);
  const isPort = /^\d{1,5}$/.test(HostPort) && port > 0 && port < 65_536;
  return isPort && isIP(host) !== 0 ? [{ host, port }] : [];
}
