import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTlsCertificate } from '../../../../practice/host/certificates';
import { PRACTICE_DOMAIN } from '../../../../practice/host/fleet';
import type { TestEngine } from '../../docker/support/engine';
import { freePort, keygen, until } from '../../../ssh/sshd';

const IMAGE = 'kanilink-test/debian-systemd';

/** A Debian with systemd as its first process: the real sshd, sudo, journald; kanidmd is the practice one, as a unit. */
export interface SystemdMachine {
  readonly name: string;
  /** Where its sshd and its kanidmd are reached. */
  readonly host: string;
  readonly sshPort: number;
  readonly httpsPort: number;
  readonly replicationPort: number;
  readonly origin: string;
  /** The private key of its users, root and ada. */
  readonly key: string;
  /** Runs a program in it as root, as somebody at its console would. */
  run(...argv: string[]): string;
}

export interface MachineOptions {
  /** Lines of the unit's [Service] that say who runs kanidmd. */
  readonly service: readonly string[];
  /** What ada may do, a file in /etc/sudoers.d. */
  readonly sudoers: string;
  /** Further files, found in /setup by these names. */
  readonly files?: Readonly<Record<string, string>>;
  /** Further lines of what an operator did once (a shell's). */
  readonly setup?: string;
  /** Further lines of sshd_config, which win. */
  readonly sshd?: string;
  /** A network of its own and its address there, where its name leads to it; else the host's network. */
  readonly network?: { readonly name: string; readonly ip: string };
}

/** The sudoers line that lets ada run everything. */
export const ADA_MAY_ALL = 'ada ALL=(ALL) NOPASSWD: ALL\n';

/** Makes a home folder on this side whose known_hosts has the machines, at the ports they are dialled at. */
export function homeThatKnows(
  parent: string,
  name: string,
  known: readonly { readonly machine: SystemdMachine; readonly port?: number }[],
): string {
  const home = join(parent, name);
  mkdirSync(join(home, '.ssh'), { recursive: true, mode: 0o700 });
  const lines = known.map(({ machine, port = machine.sshPort }) => {
    const [type, key] = machine.run('cat', '/etc/ssh/ssh_host_ed25519_key.pub').split(' ');
    return `[${machine.host}]:${port} ${type} ${key}\n`;
  });
  writeFileSync(join(home, '.ssh', 'known_hosts'), lines.join(''));
  return home;
}

/** Imports the tar of `debianRootFs`. */
export function importDebian(engine: TestEngine, tar: string): void {
  engine.docker('import', tar, IMAGE);
}

/** Arguments of `docker run` for a container whose first process is systemd, its image last. */
export const SYSTEMD: readonly string[] = [
  ...['--cap-add', 'SYS_ADMIN', '--env', 'container=docker'],
  ...['--security-opt', 'seccomp=unconfined', '--security-opt', 'apparmor=unconfined'],
  ...['--tmpfs', '/run:mode=0755', '--tmpfs', '/run/lock:mode=1777', '--tmpfs', '/tmp'],
  ...['--volume', '/sys/fs/cgroup:/sys/fs/cgroup:ro', IMAGE],
];

/** Starts a machine on the host's network, with kanidmd configured by a `root:kanidm 0440` file, and waits until it is up. */
export async function startMachine(
  engine: TestEngine,
  name: string,
  program: string,
  options: MachineOptions,
): Promise<SystemdMachine> {
  const folder = join(engine.folder, name);
  mkdirSync(folder);
  const [sshPort, httpsPort, replicationPort] = [await freePort(), await freePort(), await freePort()];
  const { network } = options;
  const address = network === undefined ? '127.0.0.1' : network.ip;
  const { chain, key } = await makeTlsCertificate([`${name}.localhost`]);
  keygen('-t', 'ed25519', '-f', join(folder, 'login'));
  const files: Record<string, string> = {
    'chain.pem': chain,
    'key.pem': key,
    'server.toml': serverToml(name, httpsPort),
    'kanidmd.service': unit(options.service),
    sudoers: options.sudoers,
    'kanidmd.sh': '#!/bin/sh\nexec /usr/local/bin/node /usr/local/lib/kanidmd.cjs "$@"\n',
    'login.pub': readFileSync(join(folder, 'login.pub'), 'utf8'),
    'sshd.conf': `${options.sshd ?? ''}\nPort ${sshPort}\nListenAddress ${address}\nPasswordAuthentication no\n`,
    ...options.files,
  };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  engine.docker(
    ...['run', '--detach', '--name', name],
    ...(network === undefined ? ['--network', 'host'] : ['--network', network.name, '--ip', network.ip]),
    ...['--volume', `${folder}:/setup:ro`],
    ...['--volume', `${process.execPath}:/usr/local/bin/node:ro`],
    ...['--volume', `${program}:/usr/local/lib/kanidmd.cjs:ro`],
    ...SYSTEMD,
    ...['/bin/sh', '-c', `${SETUP}\n${options.setup ?? ''}\nexec /sbin/init`],
  );
  const machine: SystemdMachine = {
    name,
    host: address,
    sshPort,
    httpsPort,
    replicationPort,
    origin: `repl://${network === undefined ? `${name}.localhost` : name}:${replicationPort}`,
    key: join(folder, 'login'),
    run: (...argv) => engine.docker('exec', name, ...argv),
  };
  let said = '';
  await until(
    () => {
      try {
        said = machine.run('systemctl', 'is-active', 'kanidmd.service', 'ssh.service');
        return said === 'active\nactive';
      } catch (error) {
        said = String(error instanceof Error ? error.message : error);
        return false;
      }
    },
    () => `${name} did not come up: ${said}\n${engine.docker('logs', name).slice(-2000)}`,
    BOOT_LIMIT_MS,
  );
  return machine;
}

/** How long a machine may take from its first process to a server that says it is ready, on a busy host. */
const BOOT_LIMIT_MS = 60_000;

/** What an operator did once, then the first process becomes systemd. */
const SETUP = `set -e
useradd --create-home --shell /bin/bash ada
groupadd --system kanidm
useradd --system --gid kanidm --home-dir /var/lib/kanidm --shell /usr/sbin/nologin kanidm
for home in /root /home/ada; do
  install -d -m 0700 "$home/.ssh"
  install -m 0600 /setup/login.pub "$home/.ssh/authorized_keys"
done
chown -R ada:ada /home/ada/.ssh
install -m 0755 /setup/kanidmd.sh /usr/sbin/kanidmd
install -d -m 0750 -g kanidm /etc/kanidm
install -m 0440 -g kanidm /setup/server.toml /setup/chain.pem /setup/key.pem /etc/kanidm
install -m 0440 /setup/sudoers /etc/sudoers.d/kanilink
install -m 0644 /setup/sshd.conf /etc/ssh/sshd_config.d/kanilink.conf
install -m 0644 /setup/kanidmd.service /etc/systemd/system/kanidmd.service
systemctl enable kanidmd.service`;

const serverToml = (name: string, httpsPort: number): string => `# ${name}, made by hand
version = "2"
bindaddress = "127.0.0.1:${httpsPort}"
db_path = "/var/lib/kanidm/kanidm.db"
adminbindpath = "/run/kanidmd/sock"
tls_chain = "/etc/kanidm/chain.pem"
tls_key = "/etc/kanidm/key.pem"
domain = "${PRACTICE_DOMAIN}"
origin = "https://${PRACTICE_DOMAIN}"
`;

const unit = (service: readonly string[]): string => `[Unit]
Description=Kanidm
[Service]
Type=notify
NotifyAccess=all
ExecStart=/usr/sbin/kanidmd server -c /etc/kanidm/server.toml
Environment=PRACTICE_SPEED=10 PRACTICE_VERSION=1.10.5
StateDirectory=kanidm
RuntimeDirectory=kanidmd
RuntimeDirectoryMode=0755
UMask=0027
Restart=no
${service.join('\n')}
[Install]
WantedBy=multi-user.target
`;
