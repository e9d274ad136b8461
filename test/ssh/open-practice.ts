import { ConnectionPool } from '../../electron/engine/connect/common/pool';
import type { ServerConnection } from '../../electron/engine/connect/connection';
import { openSsh } from '../../electron/engine/connect/ssh/open-ssh';
import type { PracticeFleet } from '../../practice/host/fleet';
import { value } from '../support/results';
import { call, person } from './sshd';

/**
 * A connection of its own to idm-a of a practice fleet, as another program would have.
 * @param knownHosts default: the fleet's, which knows the machine.
 */
export async function openPractice(
  fleet: PracticeFleet,
  { sudo, home, knownHosts = fleet.knownHosts }: { sudo: boolean; home: string; knownHosts?: string },
): Promise<ServerConnection> {
  const { id, user, host, port } = fleet.machine('idm-a');
  const target = {
    ...{ id, endpoint: `ssh://${user}@${host}:${port}`, service: 'kanidmd', sudo, kanidmd: 'kanidmd' },
    ...{ config: null, identity: fleet.identity, knownHosts, home, env: {} },
  };
  return value(await openSsh(target, person({ accept: true }), call(), { pool: new ConnectionPool(0) }));
}
