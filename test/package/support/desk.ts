import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestEngine } from '../../real/docker/support/engine';
import { until } from '../../e2e/support/until';
import { importDebian, SYSTEMD } from '../../real/systemd/support/machine';
import { type Ended, runProgram } from './main-job';

const NAME = 'desk';
/** Of ada, in the machine. */
const UID = 1000;
const START_LIMIT_MS = 120_000;
/** Its network is the host's: its own sshd would be one there. */
const SETUP = 'systemctl mask ssh.service ssh.socket';

/** A fresh Debian with systemd and an ordinary user, ada: where somebody installs Kanilink. */
export interface Desk {
  /** A folder that is at the same place on both sides; ada's home and her temporary files lie in it. */
  readonly folder: string;
  /** Ada's home. */
  readonly home: string;
  /** Runs a program as root, as somebody at its console would. @throws when it fails, with what it said. */
  root(...argv: string[]): string;
  /** The same for what takes long. */
  rootLong(...argv: string[]): Promise<string>;
  /** Runs a program as ada. */
  ada(argv: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
  /** The arguments of `docker` that run a program as ada, for what stays. */
  asAda(argv: readonly string[], env?: Readonly<Record<string, string>>): readonly string[];
  /** Of the `docker` that those are for. */
  readonly dockerEnv: NodeJS.ProcessEnv;
  /**
   * Writes a program of this side that starts a program of the machine as ada, with the home, the display and the temporary
   * folder it is itself given: what drives an app here drives the installed one.
   * @returns its path
   */
  standIn(program: string): string;
  /** Removes its folder, after its engine has ended. */
  forget(): void;
}

/**
 * Starts it, on the host's network: packages come from where this machine's own come from, and what listens on 127.0.0.1, a
 * practice server or an X display, is reached from both sides.
 * @param engine ends it, too
 * @param tar of `debianRootFs`
 */
export async function startDesk(engine: TestEngine, tar: string): Promise<Desk> {
  // Short: the path of a server's socket has 107 bytes.
  const folder = mkdtempSync(join(tmpdir(), 'desk-'));
  chmodSync(folder, 0o755);
  const home = join(folder, 'ada');
  const temporary = join(folder, 'tmp');
  importDebian(engine, tar);
  mkdirSync(temporary);
  chmodSync(temporary, 0o1777);
  engine.docker(
    ...['run', '--detach', '--name', NAME, '--network', 'host', '--volume', `${folder}:${folder}`],
    // Root looks at the namespaces of ada's processes.
    ...['--cap-add', 'SYS_PTRACE'],
    ...SYSTEMD,
    ...[
      '/bin/sh',
      '-c',
      `${SETUP}\nuseradd --uid ${UID} --create-home --home-dir ${home} ada\nexec /sbin/init`,
    ],
  );
  const root = (...argv: string[]): string => engine.docker('exec', NAME, ...argv);
  await until(
    'the machine is up',
    () => root('systemctl', 'is-active', 'multi-user.target') === 'active',
    START_LIMIT_MS,
  );
  const asAda: Desk['asAda'] = (argv, env = {}) => {
    const all = { HOME: home, TMPDIR: temporary, LANG: 'C.UTF-8', ...env };
    const given = Object.entries(all).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
    const socket = `unix://${engine.socket}`;
    return [
      '-H',
      socket,
      'exec',
      '--interactive',
      '--user',
      'ada',
      '--workdir',
      home,
      ...given,
      NAME,
      ...argv,
    ];
  };
  const dockerEnv = { PATH: process.env['PATH'], HOME: engine.folder };
  return {
    folder,
    home,
    root,
    rootLong: async (...argv) => {
      const { code, stdout, stderr } = await runProgram(
        'docker',
        ['-H', `unix://${engine.socket}`, 'exec', NAME, ...argv],
        dockerEnv,
      );
      if (code !== 0) throw new Error(`${argv.join(' ')}: exit ${code}\n${stdout}${stderr}`);
      return stdout;
    },
    forget: () => rmSync(folder, { recursive: true, force: true }),
    asAda,
    dockerEnv,
    ada: (argv, env) => runProgram('docker', asAda(argv, env), dockerEnv),
    standIn: (program) => {
      const path = join(folder, 'stand-in');
      writeFileSync(path, standIn(engine.socket, program), { mode: 0o755 });
      return path;
    },
  };
}

/**
 * As root on this side a window is given --no-sandbox; ada needs none, and must not have it. What a test has put into the folder
 * for temporary files is hers: a fleet file, a key.
 */
const standIn = (socket: string, program: string): string => `#!/bin/sh
for word; do shift; [ "$word" = --no-sandbox ] || set -- "$@" "$word"; done
chown -R ${UID}:${UID} "$HOME" "$TMPDIR" 2>/dev/null
exec docker -H 'unix://${socket}' exec --interactive --user ada --workdir "$HOME" \\
  --env HOME --env XDG_CONFIG_HOME --env DISPLAY --env TMPDIR ${NAME} '${program}' "$@"
`;
