import { isEveryAddress } from '../../../../shared/server-config/socket-address';
import type { TcpAddress } from '../connection';

/**
 * Where a listener is dialled on its own machine: one on every address by the loopback one, that of IPv4. Linux takes
 * connections over IPv4 too where a server listens on `::`, and a machine without IPv6 has no `::1`.
 */
export const dialledFrom = ({ host, port }: TcpAddress): TcpAddress => ({
  host: isEveryAddress(host) ? '127.0.0.1' : host,
  port,
});
