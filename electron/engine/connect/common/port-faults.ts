import type { Fault } from '../../../../shared/base/result';
import { type ServerPlace, faultAt } from './faults';

/**
 * Why a port of the server could not be dialled.
 * @param prohibited sshd does not let this login forward; else nothing answers there.
 */
export const portFault = (where: ServerPlace, port: number, prohibited: boolean, detail: string): Fault =>
  prohibited
    ? notReachable(
        where,
        port,
        'sshd forwards no connections for this login',
        `Allow it in sshd_config: PermitOpen with port ${port}, AllowTcpForwarding local.`,
        detail,
      )
    : faultAt(
        where,
        'port-closed',
        `nothing answers at port ${port}`,
        'Look whether the server runs, and at bindaddress in its server.toml.',
        { detail },
      );

/** This transport has no way to the port. */
export const notReachable = (
  where: ServerPlace,
  port: number,
  why: string,
  fix: string,
  detail = '',
): Fault =>
  faultAt(where, 'port-not-reachable', `port ${port} cannot be reached from here: ${why}`, fix, { detail });
