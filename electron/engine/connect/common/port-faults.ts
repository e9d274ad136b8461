import type { Fault } from '../../../../shared/base/result';
import { type At, faultAt } from './faults';

/**
 * Why a port of the server could not be dialled.
 * @param prohibited sshd does not let this login forward; else nothing answers there.
 */
export const portFault = (at: At, port: number, prohibited: boolean, detail: string): Fault =>
  prohibited
    ? notReachable(
        at,
        port,
        'sshd forwards no connections for this login',
        `Allow it in sshd_config: PermitOpen with port ${port}, AllowTcpForwarding local.`,
        detail,
      )
    : faultAt(
        at,
        'port-closed',
        `nothing answers at port ${port}`,
        'Look whether the server runs, and at bindaddress in its server.toml.',
        { detail },
      );

/** This transport has no way to the port. */
export const notReachable = (at: At, port: number, why: string, fix: string, detail = ''): Fault =>
  faultAt(at, 'port-not-reachable', `port ${port} cannot be reached from here: ${why}`, fix, { detail });
