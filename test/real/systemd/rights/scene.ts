import { expect } from 'vitest';
import type { HelperView } from '../../../../electron/engine/connect/connection';
import { ConnectionPool } from '../../../../electron/engine/connect/common/pool';
import { openSsh } from '../../../../electron/engine/connect/ssh/open-ssh';
import type { SshSession } from '../../../../electron/engine/connect/ssh/session/session';
import type { SshTarget } from '../../../../electron/engine/connect/ssh/address/target';
import type { ServerConnection } from '../../../../electron/engine/connect/connection';
import type { Engine } from '../../../../electron/engine/api/engine';
import { value } from '../../../support/results';
import { call, person } from '../../../ssh/sshd';
import type { TestEngine } from '../../docker/support/engine';
import { engineOf, fleetText } from '../../docker/support/job';
import { homeThatKnows, startMachine, type SystemdMachine } from '../support/machine';

/** Two machines, one whose service has a user of its own and one whose systemd makes a user up, and ada with nothing but a helper. */
export interface Scene {
  readonly a: SystemdMachine;
  readonly b: SystemdMachine;
  readonly kanilink: Engine;
  readonly fleet: ReturnType<typeof fleetText>;
  readonly helpers: { readonly a: HelperView; readonly b: HelperView };
  /** Connects past the engine, as ada with sudo where nothing else is said. */
  open(machine: SystemdMachine, more?: Partial<SshTarget>, user?: string): Promise<ServerConnection>;
  close(): Promise<void>;
}

/** A fleet's lines for a machine. */
export const over = (machine: SystemdMachine, user: string): readonly string[] => [
  'connect = "ssh"',
  `endpoint = "ssh://${user}@${machine.host}:${machine.sshPort}"`,
  `identity = "${machine.key}"`,
  `sudo = ${String(user !== 'root')}`,
  'kanidmd = "/usr/sbin/kanidmd"',
  `origin = "${machine.origin}"`,
  `bindaddress = "${machine.host}:${machine.replicationPort}"`,
];

export async function makeScene(engine: TestEngine, program: string): Promise<Scene> {
  const nothing = '# nobody may do anything\n';
  const a = await startMachine(engine, 'rights-a', program, { service: ['User=kanidm'], sudoers: nothing });
  const b = await startMachine(engine, 'rights-b', program, {
    service: ['DynamicUser=yes', 'User=kanidm-dynamic', 'SupplementaryGroups=kanidm'],
    sudoers: nothing,
  });
  const home = homeThatKnows(engine.folder, 'rights', [{ machine: a }, { machine: b }]);
  const { engine: kanilink, close } = engineOf(home);
  const pool = new ConnectionPool<SshSession>(0);
  // Made by somebody with root's rights, for ada; installed by what it prints, in a root shell.
  const asRoot = fleetText(over(a, 'root'), over(b, 'root'));
  const install = async (id: string, machine: SystemdMachine): Promise<HelperView> => {
    const asked = { ...call(60_000), user: 'ada', database: null };
    const made = value(await kanilink.helper(asRoot, id, asked));
    expect(machine.run('/bin/sh', '-c', made.install)).toContain(`installed ${made.path}`);
    return made;
  };
  const helpers = { a: await install('idm-a', a), b: await install('idm-b', b) };
  return {
    ...{ a, b, kanilink, helpers },
    fleet: fleetText(over(a, 'ada'), over(b, 'ada')),
    open: async (machine, more = {}, user = 'ada') => {
      const target: SshTarget = {
        ...{ id: machine === a ? 'idm-a' : 'idm-b', service: 'kanidmd', sudo: user !== 'root' },
        endpoint: `ssh://${user}@${machine.host}:${machine.sshPort}`,
        ...{ kanidmd: '/usr/sbin/kanidmd', config: null, identity: machine.key, knownHosts: null },
        ...{ home, env: { USER: 'nobody' }, ...more },
      };
      return value(await openSsh(target, person(), call(30_000), { pool }));
    },
    close: async () => {
      await close();
      await pool.close();
    },
  };
}
