import type { Prompter, ServerConnection } from '../../../electron/engine/connect/connection';
import { ConnectionPool } from '../../../electron/engine/connect/common/pool';
import { openSsh } from '../../../electron/engine/connect/ssh/open-ssh';
import type { SshSession } from '../../../electron/engine/connect/ssh/session/session';
import type { SshTarget } from '../../../electron/engine/connect/ssh/address/target';
import type { Result } from '../../../shared/base/result';
import { call, person } from '../../ssh/sshd';
import { type Link, startLink } from '../support/link';
import { homeThatKnows, type SystemdMachine } from '../systemd/support/machine';

/** A machine, a way to it that can be made bad, and a home folder here. */
export interface Workbench {
  readonly machine: SystemdMachine;
  readonly link: Link;
  readonly home: string;
  /** For targets: root by the link, instead of ada. */
  readonly asRoot: Pick<SshTarget, 'endpoint'>;
  readonly asAda: Pick<SshTarget, 'endpoint'>;
  /** As ada with sudo, by the link, where `more` does not say otherwise. Connections are kept for the next to use. */
  open(more?: Partial<SshTarget>, who?: Prompter, timeoutMs?: number): Promise<Result<ServerConnection>>;
  /** What ada sees of a program, with its exit code: for what a failed test says. */
  seenAsAda(...argv: string[]): string;
  close(): Promise<void>;
}

export async function makeWorkbench(machine: SystemdMachine, folder: string): Promise<Workbench> {
  const link = await startLink(machine.sshPort);
  const home = homeThatKnows(folder, 'bench', [{ machine }, { machine, port: link.port }]);
  const pool = new ConnectionPool<SshSession>(60_000);
  const to = (user: string) => ({ endpoint: `ssh://${user}@127.0.0.1:${link.port}` });
  return {
    machine,
    link,
    home,
    asRoot: to('root'),
    asAda: to('ada'),
    open: (more = {}, who = person(), timeoutMs = 10_000) => {
      const target: SshTarget = {
        ...{ id: 'bench', ...to('ada'), service: 'kanidmd', sudo: true, kanidmd: '/usr/sbin/kanidmd' },
        ...{ config: '/etc/kanidm/server.toml', identity: machine.key, knownHosts: null },
        ...{ home, env: { USER: 'nobody' }, ...more },
      };
      return openSsh(target, who, call(timeoutMs), { pool, backoff: [50, 100, 200, 400, 800] });
    },
    seenAsAda: (...argv) =>
      machine.run(
        '/bin/sh',
        '-c',
        'runuser -u ada -- "$@" 2>&1; echo "exit $?"; id ada; ls -laR /run/log/journal',
        'sh',
        ...argv,
      ),
    close: async () => {
      await pool.close();
      await link.close();
    },
  };
}
