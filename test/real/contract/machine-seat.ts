import { openSsh } from '../../../electron/engine/connect/ssh/open-ssh';
import { ConnectionPool } from '../../../electron/engine/connect/common/pool';
import type { SshTarget } from '../../../electron/engine/connect/ssh/address/target';
import { value } from '../../support/results';
import { call, person } from '../../ssh/sshd';
import { startLink } from '../support/link';
import { runningWith } from '../support/processes';
import { homeThatKnows, type SystemdMachine } from '../systemd/support/machine';
import type { Hands, Seat } from './seat';

/** A way to a systemd machine that has the unit `told` too. */
export async function machineSeat(
  machine: SystemdMachine,
  folder: string,
  who: { readonly user: string; readonly sudo: boolean },
): Promise<Seat> {
  const link = await startLink(machine.sshPort);
  const home = homeThatKnows(folder, `home-${who.user}`, [{ machine, port: link.port }]);
  const open = async (more: Partial<SshTarget>) => {
    const target = {
      ...{ id: 'held', endpoint: `ssh://${who.user}@127.0.0.1:${link.port}`, sudo: who.sudo },
      ...{ service: 'kanidmd', kanidmd: '/usr/sbin/kanidmd', config: null, identity: machine.key },
      ...{ knownHosts: null, home, env: { USER: 'nobody' }, ...more },
    };
    const options = { pool: new ConnectionPool<never>(0), backoff: [50, 100, 200, 400, 800, 1_600] };
    return value(await openSsh(target, person(), call(20_000), options));
  };
  return {
    open: () => open({}),
    openTold: () => open({ service: 'told', kanidmd: '/usr/local/bin/told', config: '/etc/told.toml' }),
    config: '/etc/kanidm/server.toml',
    data: '/var/lib/kanidm/',
    running: runningWith,
    manager: 'systemd',
    https: { port: machine.httpsPort, inReach: true },
    hands: handsAt(machine),
    cut: link.cut,
    close: link.close,
  };
}

function handsAt({ run }: SystemdMachine): Hands {
  return {
    put: (path, text, { uid, gid, mode }) => {
      run('/bin/sh', '-c', 'printf %s "$2" > "$1"', 'sh', path, text);
      run('chown', `${uid}:${gid}`, path);
      run('chmod', mode.toString(8), path);
    },
    link: (target, path) => void run('ln', '-sfn', '--', target, path),
    get: (path) => run('/bin/sh', '-c', 'cat -- "$1"; echo .', 'sh', path).slice(0, -1),
    about: (path) => {
      const [uid, gid, mode = ''] = run('stat', '-L', '-c', '%u %g %a', '--', path).split(' ');
      return { uid: Number(uid), gid: Number(gid), mode: Number.parseInt(mode, 8) };
    },
    isLink: (path) => run('stat', '-c', '%F', '--', path) === 'symbolic link',
    list: (folder) => run('ls', '-A', '--', folder).split('\n').filter(Boolean).sort(),
  };
}
